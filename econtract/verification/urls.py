"""Addresses of «Проверка документа»."""

from django.urls import path

from econtract.verification import views

app_name = "verification"

urlpatterns = [
    path("", views.check, name="check"),
    path("roots.pem", views.seal_roots, name="seal_roots"),
    path("<slug:code>/", views.by_code, name="by_code"),
]

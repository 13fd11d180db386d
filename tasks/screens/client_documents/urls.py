"""Addresses of «Мои документы»."""

from django.urls import path

from tasks.screens.client_documents import views

app_name = "client_documents"

urlpatterns = [
    path("", views.entry, name="entry"),
    path("code/", views.code, name="code"),
    path("documents/", views.document_list, name="list"),
    path("leave/", views.leave, name="leave"),
    path("withdraw/", views.withdraw, name="withdraw"),
    path("consent/", views.consent, name="consent"),
    path("documents/<int:number>/document.pdf", views.pdf, name="pdf"),
    path("documents/<int:number>/package.zip", views.package, name="package"),
    path("documents/<int:number>/question/", views.question, name="question"),
]

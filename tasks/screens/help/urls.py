"""«Справка»."""

from django.urls import path

from tasks.screens.help import views

app_name = "help"
urlpatterns = [
    path("guide/", views.guide, name="guide"),
    path("statuses/", views.statuses, name="statuses"),
    path("keys/", views.keys, name="keys"),
]

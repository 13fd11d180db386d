"""«Справка»."""

from django.urls import path

from tasks.views import help_pages

app_name = "help"
urlpatterns = [
    path("guide/", help_pages.guide, name="guide"),
    path("statuses/", help_pages.statuses, name="statuses"),
    path("keys/", help_pages.keys, name="keys"),
]

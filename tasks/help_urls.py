"""«Справка»."""

from django.urls import path

from tasks.views import help_pages

app_name = "help"
urlpatterns = [path("statuses/", help_pages.statuses, name="statuses")]

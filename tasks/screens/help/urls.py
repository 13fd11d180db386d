"""«Справка»."""

from django.urls import path

from tasks.screens.help import views

app_name = "help"
urlpatterns = [
    path("guide/", views.guide, name="guide"),
    path("memo/", views.memo, name="memo"),
    path("scripts/", views.scripts, name="scripts"),
    path("statuses/", views.statuses, name="statuses"),
    path("prefixes/", views.prefixes, name="prefixes"),
    path("keys/", views.keys, name="keys"),
]

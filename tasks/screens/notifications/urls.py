"""«Уведомления»."""

from django.urls import path

from tasks.screens.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.notification_list, name="list"),
    path("live/", views.live, name="live"),
    path("read-all/", views.read_all, name="read_all"),
    path("settings/", views.settings, name="settings"),
    path("<int:pk>/read/", views.read, name="read"),
]

"""«Уведомления»."""

from django.urls import path

from tasks.views import notifications

app_name = "notifications"
urlpatterns = [
    path("", notifications.notifications, name="list"),
    path("live/", notifications.live, name="live"),
    path("read-all/", notifications.read_all, name="read_all"),
    path("settings/", notifications.settings, name="settings"),
    path("<int:pk>/read/", notifications.read, name="read"),
]

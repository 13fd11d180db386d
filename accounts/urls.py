"""Sign-in and access; the names «login» and «logout» are those that Django's settings name."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("access/", views.access, name="access"),
]

"""URLs of log-in, of one's own password and of the page about access."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("login/keep/", views.keep_form, name="keep_form"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", views.OwnPassword.as_view(), name="password"),
    path("access/", views.access, name="access"),
]

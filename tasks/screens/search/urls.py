"""«Поиск» and «Найти или перейти»."""

from django.urls import path

from tasks.screens.search import views

app_name = "search"
urlpatterns = [
    path("search/", views.search, name="page"),
    path("palette/", views.palette, name="palette"),
]

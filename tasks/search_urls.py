"""«Поиск» and «Найти или перейти»."""

from django.urls import path

from tasks.views import search

app_name = "search"
urlpatterns = [
    path("search/", search.search, name="page"),
    path("palette/", search.palette, name="palette"),
]

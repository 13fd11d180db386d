"""«Отчеты»."""

from django.urls import path

from tasks.screens.list.views import exports
from tasks.screens.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report, name="page"),
    path("tasks.xlsx", views.export, name="tasks"),
    path("exports/<int:pk>/", exports.download, name="export"),
]

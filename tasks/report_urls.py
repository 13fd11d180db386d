"""«Отчеты»."""

from django.urls import path

from tasks.views import exports, reports

app_name = "reports"
urlpatterns = [
    path("", reports.report, name="page"),
    path("tasks.xlsx", reports.export, name="tasks"),
    path("exports/<int:pk>/", exports.download, name="export"),
]

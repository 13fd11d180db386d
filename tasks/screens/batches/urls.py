"""«Массовые прогоны»."""

from django.urls import path

from tasks.screens.batches.views import batches, new_batch, rows

app_name = "batches"
urlpatterns = [
    path("", batches.batch_list, name="list"),
    path("new/", new_batch.new, name="new"),
    path("<int:pk>/", batches.page, name="page"),
    path("<int:pk>/live/", batches.live, name="live"),
    path("<int:pk>/do/<slug:name>/", batches.act, name="act"),
    path("<int:pk>/file/", new_batch.correct, name="correct"),
    path("<int:pk>/report.xlsx", batches.report, name="report"),
    path("<int:pk>/rows/<int:number>/", rows.row, name="row"),
    path("<int:pk>/rows/<int:number>/preview/", rows.preview, name="row_preview"),
    path("<int:pk>/rows/<int:number>/review/", rows.review, name="row_review"),
    path("<int:pk>/rows/<int:number>/page/<int:page>/", rows.document_page, name="row_page"),
    path(
        "<int:pk>/rows/<int:number>/attachment/<int:index>/",
        rows.attachment,
        name="row_attachment",
    ),
]

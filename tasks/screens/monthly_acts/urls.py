"""«Акты за месяц»."""

from django.urls import path

from tasks.screens.monthly_acts.views import acts, lists, tables

app_name = "acts"
urlpatterns = [
    path("", lists.all_lists, name="lists"),
    path("new/", lists.new, name="new"),
    path("table/", tables.table, name="table"),
    path("table.xlsx", tables.export, name="export"),
    path("<int:pk>/", lists.one_list, name="list"),
    path("<int:pk>/add/", lists.add, name="add"),
    path("<int:pk>/prepare/", acts.prepare, name="prepare"),
    path("<int:pk>/months/<int:acts>/", acts.month, name="month"),
    path("<int:pk>/rename/", lists.rename, name="rename"),
    path("<int:pk>/close/", lists.close, name="close"),
    path("<int:pk>/agents/<int:member>/remove/", lists.remove, name="remove"),
]

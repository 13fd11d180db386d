"""«Бланки»: templates, their versions and samples."""

from django.urls import path

from tasks.screens.templates.views import files, templates, versions

app_name = "templates"
urlpatterns = [
    path("", templates.index, name="list"),
    path("add/", templates.add, name="add"),
    path("<int:pk>/", templates.card, name="card"),
    path("<int:pk>/versions/", versions.upload, name="upload"),
    path("<int:pk>/<int:number>/", versions.version, name="version"),
    path("<int:pk>/<int:number>/publish/", versions.publish, name="publish"),
    path("<int:pk>/<int:number>/source/", files.source, name="source"),
    path("<int:pk>/<int:number>/sample/", files.sample, name="sample"),
    path("<int:pk>/<int:number>/sample/<int:page>/", files.sample_page, name="sample_page"),
    path("<int:pk>/<int:number>/attachment/<int:index>/", files.attachment, name="attachment"),
]

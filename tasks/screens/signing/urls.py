"""Addresses of the signing page."""

from django.urls import path

from tasks.screens.signing.views import document, ending, files

app_name = "signing"

urlpatterns = [
    path("<str:token>/", document.document, name="document"),
    path("<str:token>/progress/", document.progress, name="progress"),
    path("<str:token>/code/", document.code, name="code"),
    path("<str:token>/sign/", document.sign, name="sign"),
    path("<str:token>/refuse/", ending.refuse, name="refuse"),
    path("<str:token>/wrong-number/", ending.wrong_number, name="wrong_number"),
    path("<str:token>/rating/", ending.rate, name="rating"),
    path("<str:token>/page/<int:page>/", files.page, name="page"),
    path("<str:token>/text/", files.text, name="text"),
    path("<str:token>/document.pdf", files.pdf, name="pdf"),
    path("<str:token>/package.zip", files.package, name="package"),
]

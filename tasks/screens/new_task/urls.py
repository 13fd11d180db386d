"""URLs of «Новое задание»: the choice of a task type, and the form of each."""

from django.urls import path, register_converter

from tasks.screens.common.form_kinds import FORM_KIND_BY_SLUG
from tasks.screens.new_task.views import documents, drafts, lookups, pages, templates


class FormKindConverter:
    """The slug of a form (`FormKind.slug`)."""

    regex = "|".join(FORM_KIND_BY_SLUG)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormKindConverter, "form_kind")

urlpatterns = [
    path("", pages.choose, name="new"),
    path("<form_kind:slug>/", pages.form, name="new_form"),
    path("<form_kind:slug>/draft/", drafts.save, name="new_draft"),
    path("<form_kind:slug>/close/", drafts.close, name="new_close"),
    path("<form_kind:slug>/delete/", drafts.delete, name="new_delete"),
    path("<form_kind:slug>/reopen/", drafts.reopen, name="new_reopen"),
    path("<form_kind:slug>/clients/", lookups.client_options, name="new_clients"),
    path("<form_kind:slug>/client/", lookups.find_client, name="new_client"),
    path("<form_kind:slug>/contact/find/", lookups.find_contact, name="new_contact_find"),
    path("<form_kind:slug>/contact/add/", lookups.add_contact, name="new_contact_add"),
    path("<form_kind:slug>/contact/link/", lookups.link_contact, name="new_contact_link"),
    path("<form_kind:slug>/account/", lookups.check_account, name="new_account"),
    path("<form_kind:slug>/recipient/", lookups.check_recipient, name="new_recipient"),
    path("<form_kind:slug>/document/", documents.document, name="new_document"),
    path("<form_kind:slug>/document/detach/", documents.detach, name="new_document_detach"),
    path("<form_kind:slug>/document/files/", documents.files, name="new_document_files"),
    path("<form_kind:slug>/document/review/", documents.review, name="new_document_review"),
    path("<form_kind:slug>/document/template/", templates.choose, name="new_document_template"),
    path("<form_kind:slug>/document/fill/", templates.fill, name="new_document_fill"),
    path(
        "<form_kind:slug>/document/<int:version>/pdf/",
        documents.pdf,
        name="new_document_pdf",
    ),
    path(
        "<form_kind:slug>/document/<int:version>/text/",
        documents.text,
        name="new_document_text",
    ),
    path(
        "<form_kind:slug>/document/<int:version>/attachment/<int:index>/",
        documents.attachment,
        name="new_document_attachment",
    ),
    path(
        "<form_kind:slug>/document/<int:version>/page/<int:page>/",
        documents.page,
        name="new_document_page",
    ),
]

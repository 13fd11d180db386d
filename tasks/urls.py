"""«Задания»: lists, card, actions and files."""

from django.urls import include, path, register_converter

from tasks.screens.card.views import (
    account,
    actions,
    card,
    channel,
    client_box,
    contact,
    document_files,
    documents,
    files,
    handover,
    history,
)
from tasks.screens.list.views import bulk, lists, saved_filters, updates


class DirectionConverter:
    """Which way to leave the page of a list (`tasks.listing.position.Direction`)."""

    regex = "previous|next"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TabConverter:
    """One of the three lists."""

    regex = "my|all|archive"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(DirectionConverter, "direction")
register_converter(TabConverter, "tab")

task_urls = [
    path("", card.card, name="card"),
    path("live/", card.live, name="live"),
    path("history/", history.history, name="history"),
    path("take/", handover.take_over, name="take_over"),
    path("take/undo/", handover.give_back, name="give_back"),
    path("hand/", handover.hand_over, name="hand_over"),
    path("do/<slug:name>/", actions.transition, name="transition"),
    path("comment/", actions.comment, name="comment"),
    path("people/", actions.people, name="people"),
    path("remind/", actions.remind, name="remind"),
    path("remind/email/", actions.send_link_by_email, name="link_by_email"),
    path("contact/edit/", contact.edit, name="contact_edit"),
    path("contact/replace/", contact.replace, name="contact_replace"),
    path("contact/refresh/", contact.refresh, name="contact_refresh"),
    path("account/", account.change, name="account"),
    path("account/check/", account.check, name="account_check"),
    path("channel/", channel.choose, name="channel"),
    path("client-box/", client_box.check, name="client_box"),
    path("client-box/choice/", client_box.choose, name="client_box_choice"),
    path("fraud-check/", account.fraud_check, name="fraud_check"),
    path("document/remove/", documents.remove, name="document_remove"),
    path("document/retry/", documents.retry, name="document_retry"),
    path("document/resubmit/", documents.resubmit, name="document_resubmit"),
    path("document/review/", documents.review, name="document_review"),
    path("document/files/", document_files.arrange, name="document_files"),
    path("document/attach/", documents.attach, name="document_attach"),
    path("document/<int:version>/pdf/", files.pdf, name="document_pdf"),
    path("document/<int:version>/source/", files.source, name="document_source"),
    path("document/<int:version>/page/<int:page>/", files.page, name="document_page"),
    path(
        "document/<int:version>/attachment/<int:index>/",
        files.attachment,
        name="document_attachment",
    ),
    path("authority/<int:pk>/", files.authority, name="authority_file"),
    path("package/", files.package, name="package"),
    path("files.zip", files.all_files, name="files"),
]

bulk_urls = [
    path("take/", bulk.take_over, name="bulk_take_over"),
    path("take/undo/", bulk.give_back, name="bulk_give_back"),
    path("hand/", bulk.hand_over, name="bulk_hand_over"),
    path("documents.zip", bulk.documents, name="bulk_documents"),
    path("export.xlsx", bulk.export, name="bulk_export"),
]

app_name = "tasks"
urlpatterns = [
    path("new/", include("tasks.screens.new_task.urls")),
    path("<tab:tab>/", lists.task_list, name="list"),
    path("<tab:tab>/filters/", lists.filters, name="filters"),
    path("owners/", lists.owners, name="owners"),
    path("bulk/", include(bulk_urls)),
    path("colleagues/", handover.colleagues, name="colleagues"),
    path("<tab:tab>/news/", updates.updates, name="news"),
    path("<tab:tab>/saved/", saved_filters.index, name="saved"),
    path("<tab:tab>/columns/", saved_filters.columns, name="columns"),
    path("<tab:tab>/density/", saved_filters.density, name="density"),
    path("saved/<int:pk>/rename/", saved_filters.rename, name="saved_rename"),
    path("saved/<int:pk>/delete/", saved_filters.delete, name="saved_delete"),
    path("<tab:tab>/export.xlsx", lists.export, name="export"),
    path("step/<direction:direction>/", card.step, name="step"),
    path("<int:number>/", include(task_urls)),
]

"""What «Мои документы» shows."""

from dataclasses import dataclass

from clients.models import Contact
from clients.models.formats import mask_phone
from econtract.platform.common.moscow_time import format_timestamp
from edo.channels.simple.agreements import has_consent, has_withdrawn_consent
from tasks.actions.client_access import find_documents
from tasks.channels import get_session
from tasks.models import SigningTask
from tasks.screens.common.client_managers import ClientManager, build_client_manager

# More than anybody reads on one page; the newest come first.
MAX_DOCUMENTS = 200


@dataclass(frozen=True)
class SignedDocument:
    """One document. Without a package it is still being collected."""

    number: int
    title: str
    organisation: str
    client: str
    channel: str
    signed_at: str
    state: str
    has_package: bool
    manager: ClientManager


@dataclass(frozen=True)
class DocumentList:
    """The documents of one person.

    ``has_consent``: it can be withdrawn. ``has_withdrawn``: it can be given again.
    """

    name: str
    phone: str
    documents: tuple[SignedDocument, ...]
    has_more: bool
    has_consent: bool
    has_withdrawn: bool


def build_list(contact: Contact) -> DocumentList:
    tasks = list(find_documents(contact)[: MAX_DOCUMENTS + 1])
    return DocumentList(
        name=contact.current_version.full_name,
        phone=mask_phone(contact.phone),
        documents=tuple(map(build_document, tasks[:MAX_DOCUMENTS])),
        has_more=len(tasks) > MAX_DOCUMENTS,
        has_consent=has_consent(contact.pk),
        has_withdrawn=has_withdrawn_consent(contact.pk),
    )


def build_document(task: SigningTask) -> SignedDocument:
    session = get_session(task)
    # Every task that `find_documents` returns has one; the status is later than the signature.
    moment = session.signed_at if session and session.signed_at else task.status_changed_at
    return SignedDocument(
        number=task.number,
        title=f"{task.document_kind.name} № {task.document_number}",
        organisation=task.box.name,
        client=str(task.client),
        channel=task.get_channel_display(),
        signed_at=format_timestamp(moment),
        state="Подписан, пакет готов" if task.package_id else "Подписан, пакет собирается",
        has_package=task.package_id is not None,
        manager=build_client_manager(task),
    )

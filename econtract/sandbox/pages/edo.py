"""Boxes of the clients at the ЭДО operator."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_exempt
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from econtract.sandbox import cms
from econtract.sandbox.api.protocol import sandbox_time
from econtract.sandbox.edo import client, docflow, documents, entities, habits, partners
from econtract.sandbox.edo.protocol import EdoError
from econtract.sandbox.models import (
    EdoDocument,
    EdoEntity,
    EdoPartnership,
    EdoPowerOfAttorney,
    Organisation,
)

_MAX_ROWS = 100
# What the client does with a document: the call, the message, and whether it takes a reason.
_ACTIONS: dict[str, tuple[Any, str, bool]] = {
    "approve": (habits.approve_as_client, "Согласующая подпись отправлена", False),
    "reject": (habits.reject_as_client, "Отказ отправлен", True),
    "reject_by_message": (habits.reject_by_message_as_client, "Отказ отправлен", True),
    "revoke": (habits.request_revocation_as_client, "Запрос на аннулирование отправлен", True),
    "accept_revocation": (habits.accept_revocation_as_client, "Документ аннулирован", False),
    "reject_revocation": (habits.reject_revocation_as_client, "Отказ отправлен", True),
}
_DOCUMENT_TITLES = {
    "Contract": "Договор",
    "SupplementaryAgreement": "Дополнительное соглашение",
    "Nonformalized": "Неформализованный документ",
}
_ATTACHMENT_TITLES = {
    "XmlSignatureRejection": "Отказ в подписи",
    "RevocationRequest": "Аннулирование",
    "SignatureVerificationReport": "Протокол проверки подписи",
    "UniversalMessage": "Универсальное сообщение с отказом",
}
_INVITATION_STATES = {
    EdoPartnership.State.INVITED: ("waiting", "Ждет ответа"),
    EdoPartnership.State.ACCEPTED: ("done", "Контрагент"),
    EdoPartnership.State.REJECTED: ("error", "Отклонено"),
}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Delivered documents of all clients or of one, newest first."""
    inn = request.GET.get("inn", "").strip()[:12]
    rows = EdoDocument.objects.exclude(delivered_at=None).select_related("message").order_by("-id")
    if inn:
        boxes = Organisation.objects.filter(inn=inn).values_list("box_id", flat=True)
        rows = rows.filter(message__to_box__in=[box for box in boxes if box])
    documents = [{"row": row, "state": _build_state(row)} for row in rows[:_MAX_ROWS]]
    context = {
        "documents": documents,
        "inn": inn,
        "max_rows": _MAX_ROWS,
        "invitations": _find_invitations(inn),
    }
    return render(request, "sandbox/edo.html", context)


@require_GET
def document(request: HttpRequest, entity_id: str) -> HttpResponse:
    """One document as its recipient sees it."""
    row = _find_document(entity_id)
    recipient = Organisation.objects.get(box_id=row.message.to_box)
    context = {
        "row": row,
        "state": _build_state(row),
        "title": _DOCUMENT_TITLES.get(row.type_named_id, row.type_named_id),
        "number": row.value("DocumentNumber"),
        "date": row.value("DocumentDate"),
        "recipient": recipient,
        "signatures": [_build_signature(row, entity) for entity in _document_signatures(row)],
        "attachments": [
            {"title": _ATTACHMENT_TITLES[entity.attachment_type], "entity": entity}
            for entity in entities.visible_entities(row, row.message.to_box)
            if entity.attachment_type in _ATTACHMENT_TITLES
        ],
        "is_open": row.recipient_response_status
        in ("WaitingForRecipientSignature", "InvalidRecipientSignature")
        and _get_revocation_status(row) in ("RevocationStatusNone", "RevocationRejected"),
        "can_revoke": row.recipient_response_status == "WithRecipientSignature"
        and _get_revocation_status(row) in ("RevocationStatusNone", "RevocationRejected"),
        "revocation_requested": _get_revocation_status(row) == "RequestsMyRevocation",
    }
    return render(request, "sandbox/edo_document.html", context)


@require_POST
def answer(request: HttpRequest, entity_id: str) -> HttpResponse:
    """Sign, refuse, revoke or leave unanswered."""
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "").strip()[:2000]
    if act in _ACTIONS and _ACTIONS[act][2] and not reason:
        messages.error(request, "Укажите причину" if act == "revoke" else "Укажите причину отказа")
        return redirect("edo_document", entity_id)
    try:
        with transaction.atomic():
            text = _act_as_client(_find_document(entity_id), act, reason, request)
    except EdoError as error:
        messages.error(request, f"Оператор не принял действие: {error.text}")
    else:
        messages.success(request, text)
    return redirect("edo_document", entity_id)


@require_POST
def answer_invitation(request: HttpRequest, number: int) -> HttpResponse:
    """Accept or decline an invitation from one of our boxes."""
    now = sandbox_time(request)
    with transaction.atomic():
        row = get_object_or_404(EdoPartnership, pk=number)
        if request.POST.get("act") == "accept":
            partners.accept(row, "client", now)
            messages.success(request, "Приглашение принято")
        else:
            partners.reject(row, row.partner_box_id, "client", now)
            messages.success(request, "Приглашение отклонено")
    return redirect("edo")


@csp_exempt()  # type: ignore[arg-type] # typed for views without path arguments
@require_GET
def file(request: HttpRequest, entity_id: str) -> HttpResponse:
    """Download a document or one of its entities; a PDF opens in the browser.

    Without our Content-Security-Policy, because Chromium's PDF viewer does not work with it.
    """
    entity = EdoEntity.objects.filter(entity_id=entity_id).select_related("document").first()
    document = entity.document if entity else _find_document(entity_id)
    if document.delivered_at is None:
        raise Http404
    content = entities.read_content(entity_id)
    if entity is None and content.startswith(b"%PDF-"):
        return HttpResponse(content, content_type="application/pdf")
    suffix = "sgn" if entity and entity.entity_type == "Signature" else "xml"
    return _download(content, f"{entity_id}.{suffix}" if entity else "document.bin")


@require_GET
def power_of_attorney(request: HttpRequest, entity_id: str) -> HttpResponse:
    """The XML of a power of attorney."""
    row = get_object_or_404(EdoPowerOfAttorney, entity_id=entity_id)
    if row.content is None:
        raise Http404
    return _download(bytes(row.content), f"mchd-{entity_id}.xml")


def _find_document(entity_id: str) -> EdoDocument:
    rows = EdoDocument.objects.exclude(delivered_at=None).select_related("message")
    return get_object_or_404(rows, entity_id=entity_id)


def _act_as_client(row: EdoDocument, act: str, reason: str, request: HttpRequest) -> str:
    """Carry out the action and return the success message."""
    now = sandbox_time(request)
    if act in _ACTIONS:
        action, text, has_reason = _ACTIONS[act]
        action(row, *([reason] if has_reason else []), "client", now)
        return text
    if act in client.SIGNATURE_VARIANTS:
        habits.sign_as_client(row, act, "client", now)
        return "Подпись отправлена"
    docflow.mark_silent(row)
    return "Автопилот не будет отвечать на этот документ"


def _build_state(row: EdoDocument) -> dict[str, str]:
    """Text and variant of the document's state, for the tag `state`."""
    revocation_states = {
        "RevocationAccepted": ("closed", "Аннулирован"),
        "RequestsMyRevocation": ("waiting", "Отправитель просит аннулировать"),
        "RevocationIsRequestedByMe": ("waiting", "Ждет согласия отправителя на аннулирование"),
    }
    if state := revocation_states.get(_get_revocation_status(row)):
        return dict(zip(("variant", "text"), state, strict=True))
    states = {
        "WaitingForRecipientSignature": ("waiting", "Ждет подписи"),
        "WithRecipientSignature": ("done", "Подписан"),
        "RecipientSignatureRequestRejected": ("error", "Отказ в подписи"),
        "InvalidRecipientSignature": ("error", "Подпись не прошла проверку"),
    }
    variant, text = states.get(row.recipient_response_status, ("closed", "Получен"))
    return {"variant": variant, "text": text}


def _get_revocation_status(row: EdoDocument) -> str:
    return documents.get_revocation_status(row, row.message.to_box)


def _find_invitations(inn: str) -> list[dict[str, Any]]:
    """Invitations from our boxes to all clients or to one, newest first."""
    ours = Organisation.objects.with_box().filter(is_ours=True)
    rows = EdoPartnership.objects.filter(box_id__in=ours.values("box_id")).order_by("-changed_at")
    clients = Organisation.objects.with_box().filter(**({"inn": inn} if inn else {}))
    rows = rows.filter(partner_box_id__in=clients.values("box_id"))[:_MAX_ROWS]
    names = {
        row.box_id: row.short_name
        for row in Organisation.objects.filter(
            box_id__in={box for row in rows for box in (row.box_id, row.partner_box_id)}
        )
    }
    return [
        {
            "row": row,
            "sender": names[row.box_id],
            "client": names[row.partner_box_id],
            "state": dict(
                zip(
                    ("variant", "text"),
                    _INVITATION_STATES[EdoPartnership.State(row.state)],
                    strict=True,
                )
            ),
            "is_open": row.state == EdoPartnership.State.INVITED,
        }
        for row in rows
    ]


def _document_signatures(row: EdoDocument) -> list[EdoEntity]:
    return [
        entity
        for entity in entities.visible_entities(row, row.message.to_box)
        if entity.entity_type == "Signature" and entity.parent_entity_id == row.entity_id
    ]


def _build_signature(row: EdoDocument, entity: EdoEntity) -> dict[str, Any]:
    """A signature with the result of its check, its side and its power of attorney."""
    content = entities.read_content(row.entity_id)
    signature = entities.read_content(entity.entity_id)
    return {
        "entity": entity,
        "check": cms.verify(content, signature, entity.at),
        "side": "Отправитель" if entity.signer_box == row.message.from_box else "Получатель",
        "power_of_attorney": getattr(entity, "power_of_attorney", None),
    }


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

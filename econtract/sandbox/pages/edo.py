"""Clients' boxes at the ЭДО operator."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_exempt
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from econtract.sandbox import cms
from econtract.sandbox.api.protocol import request_now
from econtract.sandbox.edo import answers, client, entities, wire
from econtract.sandbox.edo.protocol import EdoRefused
from econtract.sandbox.models import (
    EdoDocument,
    EdoEntity,
    EdoPowerOfAttorney,
    Organisation,
)

_LAST = 100
_REFUSALS = {
    "Document.AlreadySigned": "Документ уже подписан",
    "Document.AlreadyRevoked": "Документ аннулирован отправителем",
    "Document.AlreadyRejected": "В подписи уже отказано",
    "Document.NotDelivered": "Документ еще не доставлен",
}
_TYPES = {
    "Contract": "Договор",
    "SupplementaryAgreement": "Дополнительное соглашение",
    "Nonformalized": "Неформализованный документ",
}
_KINDS = {
    "XmlSignatureRejection": "Отказ в подписи",
    "RevocationRequest": "Аннулирование",
    "SignatureVerificationReport": "Протокол проверки подписи",
}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Delivered documents of all clients or of one, newest first."""
    inn = request.GET.get("inn", "").strip()[:12]
    rows = EdoDocument.objects.exclude(delivered_at=None).select_related("message").order_by("-id")
    if inn:
        boxes = Organisation.objects.filter(inn=inn).values_list("box_id", flat=True)
        rows = rows.filter(message__to_box__in=[box for box in boxes if box])
    documents = [{"row": row, "state": _state(row)} for row in rows[:_LAST]]
    context = {"documents": documents, "inn": inn, "last": _LAST}
    return render(request, "sandbox/edo.html", context)


@require_GET
def document(request: HttpRequest, entity_id: str) -> HttpResponse:
    """One document as its recipient sees it."""
    row = _find(entity_id)
    recipient = Organisation.objects.get(box_id=row.message.to_box)
    context = {
        "row": row,
        "standing": _state(row),
        "kind": _TYPES.get(row.type_named_id, row.type_named_id),
        "number": row.value("DocumentNumber"),
        "dated": row.value("DocumentDate"),
        "recipient": recipient,
        "signatures": [_signature(row, item) for item in _signatures(row)],
        "papers": [
            {"title": _KINDS[item.attachment_type], "entity": item}
            for item in wire.children(row)
            if item.attachment_type in _KINDS
        ],
        "open": row.recipient_response_status
        in ("WaitingForRecipientSignature", "InvalidRecipientSignature")
        and row.revocation_status == "RevocationStatusNone",
    }
    return render(request, "sandbox/edo_document.html", context)


@require_POST
def answer(request: HttpRequest, entity_id: str) -> HttpResponse:
    """Sign, refuse or stay silent."""
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "").strip()[:2000]
    if act == "reject" and not reason:
        messages.error(request, "Укажите причину отказа")
        return redirect("edo_document", entity_id)
    try:
        with transaction.atomic():
            done = _act(_find(entity_id), act, reason, request)
    except EdoRefused as refused:
        messages.error(request, _REFUSALS.get(refused.code, refused.text))
    else:
        messages.success(request, done)
    return redirect("edo_document", entity_id)


@csp_exempt()  # type: ignore[arg-type] # typed for views without arguments of the path
@require_GET
def file(request: HttpRequest, entity_id: str) -> HttpResponse:
    """The bytes of a document or of what belongs to it. A PDF opens in the browser.

    Free of our policy, for Chromium's own PDF viewer does not live under it.
    """
    entity = EdoEntity.objects.filter(entity_id=entity_id).select_related("document").first()
    owner = entity.document if entity else _find(entity_id)
    if owner.delivered_at is None:
        raise Http404
    content = entities.content(entity_id)
    if entity is None and content.startswith(b"%PDF-"):
        return HttpResponse(content, content_type="application/pdf")
    suffix = "sgn" if entity and entity.entity_type == "Signature" else "xml"
    return _download(content, f"{entity_id}.{suffix}" if entity else "document.bin")


@require_GET
def power(request: HttpRequest, entity_id: str) -> HttpResponse:
    """The XML of a power of attorney."""
    row = get_object_or_404(EdoPowerOfAttorney, entity_id=entity_id)
    if row.content is None:
        raise Http404
    return _download(bytes(row.content), f"mchd-{entity_id}.xml")


def _find(entity_id: str) -> EdoDocument:
    rows = EdoDocument.objects.exclude(delivered_at=None).select_related("message")
    return get_object_or_404(rows, entity_id=entity_id)


def _act(row: EdoDocument, act: str, reason: str, request: HttpRequest) -> str:
    """Do it and say so."""
    now = request_now(request)
    if act == "reject":
        answers.reject_as_client(row, reason, "client", now)
        return "Отказ отправлен"
    if act in client.WAYS:
        answers.sign_as_client(row, act, "client", now)
        return "Подпись отправлена"
    answers.keep_silent(row)
    return "Автопилот не будет отвечать на этот документ"


def _state(row: EdoDocument) -> dict[str, str]:
    """Words and look of the document's state."""
    if row.revocation_status == "RevocationAccepted":
        return {"look": "closed", "text": "Аннулирован отправителем"}
    looks = {
        "WaitingForRecipientSignature": ("waiting", "Ждет подписи"),
        "WithRecipientSignature": ("done", "Подписан"),
        "RecipientSignatureRequestRejected": ("error", "Отказ в подписи"),
        "InvalidRecipientSignature": ("error", "Подпись не прошла проверку"),
    }
    look, text = looks.get(row.recipient_response_status, ("closed", "Получен"))
    return {"look": look, "text": text}


def _signatures(row: EdoDocument) -> list[EdoEntity]:
    own = (item for item in wire.children(row) if item.parent_entity_id == row.entity_id)
    return [item for item in own if item.entity_type == "Signature"]


def _signature(row: EdoDocument, item: EdoEntity) -> dict[str, Any]:
    """A signature with what its certificate says."""
    content, signature = entities.content(row.entity_id), entities.content(item.entity_id)
    return {
        "entity": item,
        "verdict": cms.verify(content, signature, item.at),
        "side": "Отправитель" if item.signer_box == row.message.from_box else "Получатель",
        "power": getattr(item, "power_of_attorney", None),
    }


def _download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

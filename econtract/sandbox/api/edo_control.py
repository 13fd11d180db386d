"""Control of the ЭДО simulator (docs/protocols.md, section 11)."""

from __future__ import annotations

from typing import Any

from econtract.sandbox.api.control import control_command
from econtract.sandbox.api.protocol import ApiCall, ApiError, Json, bad_request
from econtract.sandbox.edo import client, docflow, habits, partners, tokens
from econtract.sandbox.models import EdoDocument, EdoPartnership, Organisation

# What the client does with a document: the call, and whether it takes a reason.
_ACTIONS = {
    "approve": (habits.approve_as_client, False),
    "refuse": (habits.reject_as_client, True),
    "refuse-by-message": (habits.reject_by_message_as_client, True),
    "revoke": (habits.request_revocation_as_client, True),
    "accept-revocation": (habits.accept_revocation_as_client, False),
    "refuse-revocation": (habits.reject_revocation_as_client, True),
}


@control_command
def act_on_documents(call: ApiCall, message_id: str, act: str) -> Json:
    """POST edo/<MessageId>/<act>, for every document of the message."""
    documents = EdoDocument.objects.select_related("message").filter(message__message_id=message_id)
    if not documents:
        raise ApiError(404, "not_found")
    for document in documents:
        _act_on_document(call, document, act)
    return {"MessageId": message_id, "done": act}


@control_command
def expire_tokens(call: ApiCall) -> Json:
    """POST edo/tokens/expire: every access token that was issued is stale."""
    return {"count": tokens.expire_tokens()}


@control_command
def change_partnership(call: ApiCall) -> Json:
    """POST edo/partners: a client accepts or declines our invitations, or invites us."""
    inn, act = call.fields.text("inn"), call.fields.text("act")
    client = Organisation.objects.with_box().filter(inn=inn, is_ours=False).first()
    if client is None:
        raise ApiError(404, "not_found")
    if act in ("invite", "invite-with-document"):
        ours = Organisation.objects.with_box().filter(is_ours=True)
        if box_id := call.fields.text("box_id", required=False):
            ours = ours.filter(box_id=box_id)
        own = ours.order_by("is_branch", "id").first()
        if own is None:
            raise ApiError(404, "not_found")
        has_document = act == "invite-with-document"
        partners.invite(client, own, "", "client", call.now, has_document=has_document)
        return {"count": 1}
    rows = list(EdoPartnership.objects.filter(partner_box_id=client.box_id))
    for row in rows:
        if act == "accept":
            partners.accept(row, "client", call.now)
        elif act == "decline":
            partners.reject(row, client.box_id or "", "client", call.now)
        else:
            raise bad_request("act: accept, decline, invite or invite-with-document expected")
    return {"count": len(rows)}


def _act_on_document(call: ApiCall, document: EdoDocument, act: str) -> None:
    if act == "ignore":
        docflow.mark_silent(document)
    elif act == "sign":
        variant = call.fields.text("how", required=False) or "valid"
        if variant not in client.SIGNATURE_VARIANTS:
            raise bad_request(f"how: one of {', '.join(client.SIGNATURE_VARIANTS)} expected")
        habits.sign_as_client(document, variant, "client", call.now)
    else:
        action: Any
        action, has_reason = _ACTIONS[act]
        reason = call.fields.text("reason", required=False, limit=2000) or "Без объяснения"
        action(document, *([reason] if has_reason else []), "client", call.now)

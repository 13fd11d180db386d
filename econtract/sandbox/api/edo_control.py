"""Control of the ЭДО simulator (docs/protocols.md, section 11)."""

from __future__ import annotations

from econtract.sandbox.api.control import control_command
from econtract.sandbox.api.protocol import ApiCall, ApiError, Json, bad_request
from econtract.sandbox.edo import partners, tokens
from econtract.sandbox.models import EdoPartnership, Organisation


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
    if act == "invite":
        ours = Organisation.objects.with_box().filter(is_ours=True)
        if box_id := call.fields.text("box_id", required=False):
            ours = ours.filter(box_id=box_id)
        own = ours.order_by("is_branch", "id").first()
        if own is None:
            raise ApiError(404, "not_found")
        partners.invite(client, own, "", "client", call.now)
        return {"count": 1}
    rows = list(EdoPartnership.objects.filter(partner_box_id=client.box_id))
    for row in rows:
        if act == "accept":
            partners.accept(row, "client", call.now)
        elif act == "decline":
            partners.reject(row, client.box_id or "", "client", call.now)
        else:
            raise bad_request("act: accept, decline or invite expected")
    return {"count": len(rows)}

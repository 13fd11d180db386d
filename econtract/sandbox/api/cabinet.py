"""Client cabinets (ЛК) over HTTP (docs/protocols.md, section 5)."""

from __future__ import annotations

import uuid

from econtract.sandbox.api.protocol import ApiCall, ApiError, CommandResult, JsonFields, command
from econtract.sandbox.models import Cabinet, Habit, Organisation
from econtract.sandbox.numbers import is_email, is_inn, is_phone


@command("cabinet")
def create_cabinet(call: ApiCall) -> CommandResult:
    """POST /cabinet/v1/cabinets: one cabinet for each pair of ИНН and phone."""
    fields = call.fields
    reference, inn, phone = fields.text("reference", limit=100), *_read_client(fields)
    habit = Organisation.objects.filter(inn=inn).values_list("habit", flat=True).first()
    if habit == Habit.CABINET_BAD_DATA:
        raise ApiError(422, "cabinet_bad_data", "The client's data were not accepted")
    cabinet = Cabinet.objects.filter(phone=phone).first()
    if habit == Habit.CABINET_EXISTS or (cabinet and cabinet.inn != inn):
        raise ApiError(409, "cabinet_exists", "Another client's cabinet uses this phone")
    if cabinet:
        body = {"ref": cabinet.ref, "created": False}
        return CommandResult("created", body, reference, cabinet.ref, effective=False)
    ref = str(uuid.uuid4())
    Cabinet.objects.create(ref=ref, inn=inn, phone=phone, made_at=call.now)
    return CommandResult("created", {"ref": ref, "created": True}, reference, ref)


def _read_client(fields: JsonFields) -> tuple[str, str]:
    """ИНН and phone; raises a 422 when any of the client's data are invalid."""
    inn, phone = (fields.text(name, required=False) for name in ("inn", "phone"))
    has_names = all(fields.text(name, required=False) for name in ("name", "surname", "given_name"))
    email = fields.text("email", required=False)
    if not (has_names and is_inn(inn) and is_phone(phone) and is_email(email)):
        raise ApiError(422, "cabinet_bad_data", "ИНН, phone, e-mail or name is malformed")
    return inn, phone

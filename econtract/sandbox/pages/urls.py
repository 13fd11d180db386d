"""URLs of the pages."""

from __future__ import annotations

from django.urls import path

from econtract.sandbox.pages import (
    archive,
    edo,
    faults,
    identity,
    overview,
    phone,
    registry,
    text_messages,
)

urlpatterns = [
    path("", overview.index, name="index"),
    path("clock/", overview.advance_clock, name="clock"),
    path("autopilot/", overview.switch_autopilot, name="autopilot"),
    path("reset/", overview.reset, name="reset"),
    path("journal/", overview.journal, name="journal"),
    path("identity/", identity.index, name="identity"),
    path("identity/<str:token>/", identity.consent, name="identity_consent"),
    path("edo/", edo.index, name="edo"),
    path("edo/documents/<str:entity_id>/", edo.document, name="edo_document"),
    path("edo/documents/<str:entity_id>/answer/", edo.answer, name="edo_answer"),
    path("edo/invitations/<int:number>/", edo.answer_invitation, name="edo_invitation"),
    path("edo/files/<str:entity_id>", edo.file, name="edo_file"),
    path("edo/powers/<str:entity_id>", edo.power_of_attorney, name="edo_power_of_attorney"),
    path("phone/", phone.index, name="phone"),
    path("phone/<str:ref>/answer/", phone.answer, name="phone_answer"),
    path("sms/", text_messages.index, name="sms"),
    path("archive/", archive.index, name="archive"),
    path("archive/<str:code>/file", archive.file, name="archive_file"),
    path("cdi/", registry.cdi, name="cdi"),
    path("eip/", registry.eip, name="eip"),
    path("faults/", faults.index, name="faults"),
    path("faults/<int:number>/remove/", faults.remove_fault, name="remove_fault"),
]

"""Addresses: the outside systems' protocols, the control API, and pages for people."""

from __future__ import annotations

from django.urls import include, path, re_path

from econtract.sandbox.api import archive, cabinet, control, identity, messages, registry, signing
from econtract.sandbox.api.feed import feed
from econtract.sandbox.edo import forms, organisations, patches, reading, sending, shelf
from econtract.sandbox.pages.urls import urlpatterns as pages

_SYSTEM = r"^control/v1/journal/(?P<system>cdi|eip|identity|cabinet|edo|apd|rio|signing|messages)$"
_ARCHIVE = r"^archive/(?P<system>apd|rio)/v1/documents"

_protocols = [
    path("cdi/v1/organisations", registry.organisations),
    path("cdi/v1/organisations/<str:inn>", registry.organisation),
    path("eip/v1/accounts/<str:account>", registry.account),
    path("identity/v1/requests", identity.ask),
    path("identity/v1/requests/<str:ref>", identity.show),
    path("identity/v1/requests/<str:ref>/cancel", identity.cancel),
    path("identity/v1/requests/<str:ref>/decline", identity.decline),
    path("identity/v1/requests/<str:ref>/accept", identity.accept),
    path("identity/v1/events", feed("identity")),
    path("cabinet/v1/cabinets", cabinet.create),
    re_path(_ARCHIVE + r"$", archive.lodge),
    re_path(_ARCHIVE + r"/(?P<code>[\w-]+)$", archive.show),
    re_path(_ARCHIVE + r"/(?P<code>[\w-]+)/content$", archive.content),
    path("signing/v1/keys", signing.keys),
    path("signing/v1/signatures", signing.sign),
    path("messages/v1/sms", messages.sms),
    path("messages/v1/email", messages.email),
    path("ca/<str:name>", signing.published),
]
_edo = [
    path("GetMyOrganizations", organisations.mine),
    path("GetOrganizationsByInnKpp", organisations.by_inn_kpp),
    path("V2/GetCounteragent", organisations.counteragent),
    path("V2/AcquireCounteragent", organisations.acquire),
    path("V2/AcquireCounteragentResult", organisations.acquire_result),
    path("V2/ShelfUpload", shelf.upload),
    path("V2/ShelfDownload", shelf.download),
    path("V3/PostMessage", sending.post_message),
    path("V4/PostMessagePatch", patches.post_patch),
    path("V2/GenerateSignatureRejectionXml", patches.rejection),
    path("V2/GenerateRevocationRequestXml", patches.revocation),
    path("V6/GetMessage", reading.get_message),
    path("V8/GetNewEvents", reading.get_new_events),
    path("V4/GetEntityContent", reading.get_entity_content),
    path("V2/GetPowerOfAttorneyContent", reading.get_power_of_attorney_content),
    path("GenerateDocumentZip", forms.document_zip),
    path("GeneratePrintForm", forms.print_form),
    path("GenerateDocumentProtocol", forms.protocol),
]
_control = [
    path("control/v1/reset", control.reset),
    path("control/v1/state", control.state),
    path("control/v1/clock", control.set_clock),
    path("control/v1/autopilot", control.set_autopilot),
    path("control/v1/faults", control.faults),
    path("control/v1/faults/<int:number>", control.faults),
    path("control/v1/accounts", control.add_account),
    re_path(_SYSTEM, control.journal),
    path("control/v1/messages", control.messages),
    path("control/v1/identity/<str:ref>/answer", control.identity_answer),
    re_path(
        r"^control/v1/edo/(?P<message_id>[\w-]+)/(?P<act>sign|refuse|ignore)$", control.edo_act
    ),
    path("control/v1/client-signatures", control.client_signature),
]

urlpatterns = [*_protocols, path("edo/", include(_edo)), *_control, *pages]

handler400 = "econtract.sandbox.pages.errors.bad_request"
handler403 = "econtract.sandbox.pages.errors.forbidden"
handler404 = "econtract.sandbox.pages.errors.not_found"
handler500 = "econtract.sandbox.pages.errors.server_error"

"""URLs: the protocols of the outside systems, the control API, and pages for people."""

from __future__ import annotations

from django.urls import include, path, re_path

from econtract.sandbox.api import (
    archive,
    cabinet,
    control,
    dss,
    edo_control,
    faults,
    identity,
    messages,
    phone_control,
    registry,
    signing,
    timestamps,
    trust,
)
from econtract.sandbox.api.feed import event_feed
from econtract.sandbox.edo import (
    cloud_signing,
    counteragents,
    exports,
    organisations,
    patches,
    reading,
    sending,
    shelf,
    signature_info,
    tokens,
)
from econtract.sandbox.faults import SYSTEMS
from econtract.sandbox.pages.urls import urlpatterns as pages

_SYSTEMS = "|".join(SYSTEMS)
_JOURNAL = rf"^control/v1/journal/(?P<system>{_SYSTEMS})$"
_ARCHIVE = r"^archive/(?P<system>apd|rio)/v1/documents"

_protocols = [
    path("cdi/v1/organisations", registry.search_organisations),
    path("cdi/v1/organisations/<str:inn>", registry.get_organisation),
    path("eip/v1/accounts/<str:account>", registry.check_account),
    path("identity/v1/requests", identity.create_request),
    path("identity/v1/requests/<str:ref>", identity.get_request),
    path("identity/v1/requests/<str:ref>/cancel", identity.cancel),
    path("identity/v1/requests/<str:ref>/decline", identity.decline),
    path("identity/v1/requests/<str:ref>/accept", identity.accept),
    path("identity/v1/events", event_feed("identity")),
    path("cabinet/v1/cabinets", cabinet.create_cabinet),
    re_path(_ARCHIVE + r"$", archive.submit_document),
    re_path(_ARCHIVE + r"/(?P<code>[\w-]+)$", archive.get_document),
    re_path(_ARCHIVE + r"/(?P<code>[\w-]+)/content$", archive.get_content),
    path("signing/v1/keys", signing.list_keys),
    path("signing/v1/signatures", signing.create_signature),
    path("messages/v1/sms", messages.send_sms),
    path("messages/v1/email", messages.send_email),
    path("messages/v1/messages/<str:message_id>", messages.get_message),
    path("messages/v1/events", event_feed("messages")),
    path("dss/STS/oauth/token", dss.get_token),
    path("dss/STS/confirmation", dss.confirm),
    path("dss/SignServer/rest/api/certificates", dss.list_certificates),
    path("dss/SignServer/rest/api/transactions", dss.create_transaction),
    path("dss/SignServer/rest/api/documents", dss.get_document),
    path("dss/SignServer/rest/api/documents/packagesignature", dss.get_package),
    path("tsp", timestamps.create_timestamp),
    path("ca/ocsp", trust.answer_ocsp),
    path("ca/<str:name>", trust.get_ca_file),
    path("trust/list.xml", trust.get_trust_list),
]
_edo = [
    path("oidc/connect/token", tokens.get_token),
    re_path(r"^[Vv]3/Authenticate$", tokens.authenticate),
    path("GetMyOrganizations", organisations.get_my_organizations),
    path("GetOrganizationsByInnKpp", organisations.get_organizations_by_inn_kpp),
    path("V3/GetCounteragent", counteragents.get_counteragent),
    path("V3/GetCounteragents", counteragents.get_counteragents),
    path("V3/AcquireCounteragent", counteragents.acquire_counteragent),
    path("V2/AcquireCounteragentResult", counteragents.get_acquire_counteragent_result),
    path("V2/ShelfUpload", shelf.shelf_upload),
    path("V2/ShelfDownload", shelf.shelf_download),
    path("ShelfUploadPartInit", shelf.shelf_upload_part_init),
    path("ShelfUploadPart", shelf.shelf_upload_part),
    path("V3/PostMessage", sending.post_message),
    path("V4/PostMessagePatch", patches.post_message_patch),
    path("V2/GenerateSignatureRejectionXml", patches.generate_rejection_xml),
    path("V2/GenerateRevocationRequestXml", patches.generate_revocation_xml),
    path("V2/DssSign", cloud_signing.dss_sign),
    path("DssSignResult", cloud_signing.dss_sign_result),
    path("V6/GetMessage", reading.get_message),
    path("V8/GetNewEvents", reading.get_new_events),
    path("V4/GetEntityContent", reading.get_entity_content),
    path("GetSignatureInfo", signature_info.get_signature_info),
    path("V2/GetPowerOfAttorneyContent", reading.get_power_of_attorney_content),
    path("GenerateDocumentZip", exports.generate_document_zip),
    path("GeneratePrintForm", exports.generate_print_form),
    path("GenerateDocumentProtocol", exports.generate_document_protocol),
]
_control = [
    path("control/v1/reset", control.reset),
    path("control/v1/state", control.get_state),
    path("control/v1/clock", control.set_clock),
    path("control/v1/autopilot", control.set_autopilot),
    path("control/v1/faults", faults.faults),
    path("control/v1/faults/<int:number>", faults.faults),
    path("control/v1/accounts", control.add_account),
    re_path(_JOURNAL, control.list_journal),
    path("control/v1/messages", control.list_messages),
    path("control/v1/identity/<str:ref>/answer", control.answer_identity_request),
    re_path(
        r"^control/v1/edo/(?P<message_id>[\w-]{36})/(?P<act>sign|approve|refuse|refuse-by-message"
        r"|ignore|revoke|accept-revocation|refuse-revocation)$",
        edo_control.act_on_documents,
    ),
    path("control/v1/client-signatures", control.create_client_signature),
    path("control/v1/edo/tokens/expire", edo_control.expire_tokens),
    path("control/v1/trust-list", trust.publish_trust_list),
    path("control/v1/phones", phone_control.list_requests),
    path("control/v1/phones/<str:key_ref>", phone_control.answer_requests),
    path("control/v1/edo/partners", edo_control.change_partnership),
]

urlpatterns = [*_protocols, path("edo/", include(_edo)), *_control, *pages]

handler400 = "econtract.sandbox.pages.errors.bad_request"
handler403 = "econtract.sandbox.pages.errors.permission_denied"
handler404 = "econtract.sandbox.pages.errors.page_not_found"
handler500 = "econtract.sandbox.pages.errors.server_error"

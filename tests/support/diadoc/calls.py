"""Which messages the calls of Diadoc's API carry, and what is wrong with those recorded."""

from __future__ import annotations

from econtract.sandbox.edo.wire import protobuf
from tests.support.diadoc.recording_proxy import RecordedCall
from tests.support.diadoc.schema import find_problems

JSON = "application/json"
# The messages of request and response by path; None: no body, or a body that is no message.
MESSAGES: dict[str, tuple[str | None, str | None]] = {
    "/GetMyOrganizations": (None, "OrganizationList"),
    "/GetOrganizationsByInnKpp": (None, "OrganizationList"),
    "/V3/GetCounteragent": (None, "Counteragent"),
    "/V3/GetCounteragents": (None, "CounteragentList"),
    "/V3/AcquireCounteragent": ("AcquireCounteragentRequest", "AsyncMethodResult"),
    "/V2/AcquireCounteragentResult": (None, "AcquireCounteragentResultV2"),
    "/V2/ShelfUpload": (None, None),
    "/ShelfUploadPartInit": (None, None),
    "/ShelfUploadPart": (None, None),
    "/V2/ShelfDownload": (None, None),
    "/V3/PostMessage": ("Events.MessageToPost", "Events.Message"),
    "/V6/GetMessage": (None, "Events.Message"),
    "/V8/GetNewEvents": (None, "Events.BoxEventList"),
    "/V4/GetEntityContent": (None, None),
    "/GetSignatureInfo": (None, "SignatureInfo"),
    "/V2/GetPowerOfAttorneyContent": (None, "PowersOfAttorney.PowerOfAttorneyContentResponse"),
    "/V4/PostMessagePatch": ("Events.MessagePatchToPostV2", "Events.MessagePatch"),
    "/V2/GenerateRevocationRequestXml": ("Invoicing.RevocationRequestInfo", None),
    "/V2/GenerateSignatureRejectionXml": ("Invoicing.SignatureRejectionGenerationRequestV2", None),
    "/GenerateDocumentZip": (None, "Documents.DocumentZipGenerationResult"),
    "/GenerateDocumentProtocol": (None, "Documents.DocumentProtocol"),
    "/GeneratePrintForm": (None, None),
    "/V2/DssSign": ("Dss.DssSignRequestV2", "AsyncMethodResult"),
    "/DssSignResult": (None, "Dss.DssSignResult"),
}


def find_call_problems(call: RecordedCall) -> list[str]:
    """What a strict parser refuses in the bodies of a call, in both directions."""
    if call.path not in MESSAGES:
        return [f"{call.path}: which messages does it carry?"]
    request, response = MESSAGES[call.path]
    problems = []
    if request is not None:
        if not call.request_headers.get("content-type", "").startswith(JSON):
            problems.append(f"{call.path}: the request is not declared as JSON")
        problems += find_problems(call.request_json, request)
    if response is not None and call.status == 200:
        if call.request_headers.get("accept") != JSON or call.response_type != JSON:
            return [*problems, f"{call.path}: the response is not JSON"]
        body = call.response_json
        problems += find_problems(body, response)
        if not problems and protobuf.decode(protobuf.encode(body, response), response) != (
            without_empty_lists(body)
        ):
            problems.append(f"{call.path}: the message changes on the wire")
    return [f"{call.path}: {problem}" for problem in problems]


def without_empty_lists(body: object) -> object:
    """The body without the empty lists, which Protocol Buffers do not have."""
    if isinstance(body, dict):
        return {name: without_empty_lists(item) for name, item in body.items() if item != []}
    return [without_empty_lists(item) for item in body] if isinstance(body, list) else body

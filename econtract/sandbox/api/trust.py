"""What certification authorities and the ministry publish: ТСЛ, CRLs, OCSP. No tokens."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from econtract.sandbox import ca, revocation, trust_lists
from econtract.sandbox.api.control import control_command
from econtract.sandbox.api.protocol import ApiCall, Json, bad_request
from econtract.sandbox.gost import ca as gost_ca
from econtract.sandbox.trust_lists import ListState

_CERTIFICATE_FILES = {"roots.pem", "issuing.pem", gost_ca.CERTIFICATE_FILE}
MAX_REQUEST_BYTES = 4096
OCSP_RESPONSE = "application/ocsp-response"


@require_GET
def get_ca_file(request: HttpRequest, name: str) -> HttpResponse:
    """GET /ca/<name>: certificates, and the revocation lists of this minute."""
    if name == "crl.der":
        return _render_crl(revocation.build_crl(ca.load(), _now()))
    if name == gost_ca.CRL_FILE and gost_ca.exists():
        return _render_crl(revocation.build_crl(gost_ca.load(), _now()))
    path = settings.CA_DIR / name
    if name not in _CERTIFICATE_FILES or not path.exists():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="application/x-pem-file")


@csrf_exempt
@require_POST
def answer_ocsp(request: HttpRequest) -> HttpResponse:
    """POST /ca/ocsp: an OCSP request in DER."""
    if len(request.body) > MAX_REQUEST_BYTES:
        return HttpResponse(status=413)
    response = revocation.build_ocsp_response(request.body, _now())
    return HttpResponse(response, content_type=OCSP_RESPONSE)


@require_GET
def get_trust_list(request: HttpRequest) -> HttpResponse:
    """GET /trust/list.xml: the list of accredited authorities that is published."""
    base_url = request.build_absolute_uri("/").rstrip("/")
    content = trust_lists.get_list(base_url, _now())
    return HttpResponse(content, content_type="application/xml")


@control_command
def publish_trust_list(call: ApiCall) -> Json:
    """POST trust-list: publish the next list; `suspended` names authorities, `signed` is a flag."""
    suspended = call.fields.data.get("suspended", [])
    is_signed = call.fields.data.get("signed", True)
    if not isinstance(suspended, list) or not set(suspended) <= set(trust_lists.OTHERS):
        raise bad_request(f"suspended: a list of {', '.join(trust_lists.OTHERS)} expected")
    if not isinstance(is_signed, bool):
        raise bad_request("signed: true or false expected")
    trust_lists.get_list("", _now())
    state = trust_lists.load_state()
    state = ListState(state.number + 1, state.base_url, tuple(suspended), is_signed)
    trust_lists.publish(state, _now())
    return {"number": state.number}


def _render_crl(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="application/pkix-crl")


def _now() -> dt.datetime:
    """The real time: an authority does not live in the sandbox's time."""
    return dt.datetime.now(dt.UTC)

"""OCSP: asking the authority about one certificate, where no fresh CRL covers it."""

import hashlib
import logging
from datetime import timedelta

from asn1crypto import core, ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID
from django.db import transaction

from econtract.platform.common import clock
from edo.models import OcspResponse
from edo.signing.revocation import read_ocsp_response
from edo.trust import store
from edo.trust.crls import get_fingerprint
from edo.trust.fetching import FetchFailed, fetch

log = logging.getLogger(__name__)

MAX_RESPONSE_BYTES = 100 * 1024
MAX_RESPONDERS = 3
KEEP_RESPONSES = timedelta(days=400)


def query_ocsp(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
    """Ask the responders that ``certificate`` names, and store the response.

    ``certificate`` must be of a valid chain: it says whom we call. The response (DER) is signed by
    ``issuer`` or by somebody whom it has authorized; None when none such came. Makes an outside
    call: no transaction may be open.
    """
    request = build_request(certificate, issuer)
    for url in read_responders(certificate)[:MAX_RESPONDERS]:
        try:
            content = fetch(
                url,
                max_bytes=MAX_RESPONSE_BYTES,
                body=request,
                content_type="application/ocsp-request",
            ).content
        except FetchFailed as error:
            log.warning("ocsp not answered reason=%s", type(error).__name__)
            continue
        if read_ocsp_response(content, certificate, issuer) is not None:
            _store(content, certificate, issuer)
            return content
        log.warning("ocsp response not accepted")
    return None


def delete_old_responses() -> None:
    """Delete those that no evidence will be collected from any more."""
    OcspResponse.objects.filter(produced_at__lt=clock.now() - KEEP_RESPONSES).delete()


def read_responders(certificate: x509.Certificate) -> list[str]:
    """The HTTP addresses of the OCSP responders that ``certificate`` names."""
    try:
        access = certificate.extensions.get_extension_for_class(
            x509.AuthorityInformationAccess
        ).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        item.access_location.value
        for item in access
        if item.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(item.access_location, x509.UniformResourceIdentifier)
        and item.access_location.value.startswith(("http://", "https://"))
    ]


def build_request(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """An OCSP request (DER). SHA-1 only says which certificate is meant; all responders know it."""
    key = asn1_x509.TbsCertificate.load(issuer.tbs_certificate_bytes)["subject_public_key_info"]
    certificate_id = ocsp.CertId(
        {
            "hash_algorithm": {"algorithm": "sha1", "parameters": core.Null()},
            "issuer_name_hash": _hash(issuer.subject.public_bytes()),
            # The hash of the key leaves out the tag, the length and the number of unused bits.
            "issuer_key_hash": _hash(key["public_key"].contents[1:]),
            "serial_number": certificate.serial_number,
        }
    )
    request = ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": certificate_id}]}})
    content: bytes = request.dump()
    return content


def _hash(content: bytes) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()


def _store(content: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    data = ocsp.OCSPResponse.load(content)["response_bytes"]["response"].parsed
    data = data["tbs_response_data"]
    produced_at = data["produced_at"].native
    issuer_sha256 = get_fingerprint(issuer)
    serial = store.format_serial(certificate.serial_number)
    next_updates = [item["next_update"].native for item in data["responses"]]
    with transaction.atomic():
        rows = OcspResponse.objects.filter(issuer_sha256=issuer_sha256, serial=serial)
        if rows.filter(produced_at__gt=produced_at).exists():
            return
        OcspResponse.objects.update_or_create(
            issuer_sha256=issuer_sha256,
            serial=serial,
            defaults={
                "content": content,
                "produced_at": produced_at,
                "next_update": next_updates[0],
            },
        )
        store.mark_changed(revocation=True)

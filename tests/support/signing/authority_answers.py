"""What the web server of a certification authority serves: CRLs and OCSP responses."""

import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from edo.models import RevocationList
from edo.signing import cms
from edo.signing.report import SignatureReport
from edo.trust import store
from edo.trust.crls import need_crls
from tests.support.fake_server import FakeServer
from tests.support.signing.pki import DAY, NOW, PDF, Authority, Signer, authority

HOUR = dt.timedelta(hours=1)


def crl_point(server: FakeServer) -> x509.CRLDistributionPoints:
    name = x509.UniformResourceIdentifier(f"{server.url}/uc.crl")
    return x509.CRLDistributionPoints([x509.DistributionPoint([name], None, None, None)])


def responder(server: FakeServer) -> x509.AuthorityInformationAccess:
    name = x509.UniformResourceIdentifier(f"{server.url}/ocsp")
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, name)]
    )


def crl(
    revoked: dict[x509.Certificate, dt.datetime] | None = None,
    *,
    until: dt.datetime = NOW + DAY,
    since: dt.datetime = NOW - DAY,
    number: int | None = None,
    owner: Authority | None = None,
) -> bytes:
    issuer = owner or authority()
    return issuer.revocation_list(revoked or {}, until, since, number).public_bytes(Encoding.DER)


def answer_ocsp(
    signer: Signer,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    *,
    owner: Authority | None = None,
    revoked_at: dt.datetime | None = None,
) -> bytes:
    owner = owner or authority()
    answer = ocsp.OCSPResponseBuilder().add_response(
        cert=signer.certificate,
        issuer=authority().issuing,
        algorithm=hashes.SHA1(),  # noqa: S303 - it only names the certificate
        cert_status=status,
        this_update=NOW - HOUR,
        next_update=NOW + HOUR,
        revocation_time=revoked_at,
        revocation_reason=None,
    )
    answer = answer.responder_id(ocsp.OCSPResponderEncoding.HASH, owner.issuing)
    return answer.sign(owner.key, hashes.SHA256()).public_bytes(Encoding.DER)


def need(signer: Signer) -> RevocationList:
    need_crls([signer.certificate, authority().issuing])
    return RevocationList.objects.get()


def verify(signer: Signer, signed_at: dt.datetime = NOW) -> SignatureReport:
    store.forget()
    return cms.verify(signer.sign(PDF, signed_at), PDF, trust=store.load_trust_store())

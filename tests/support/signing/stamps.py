"""Time-stamp tokens (RFC 3161) for tests, and signatures that carry them."""

import datetime as dt

from asn1crypto import cms, core, tsp

from edo.crypto import digests
from edo.crypto.digests import OIDS_BY_NAME
from edo.signing.cms_parsing import SIGNATURE_TIME_STAMP, TIME_STAMP_INFO
from tests.support.signing.pki import NOW, Signer

POLICY = "1.2.3.4.1"


def build_stamp(
    signer: Signer,
    stamped: bytes,
    at: dt.datetime = NOW,
    *,
    algorithm: str = "streebog256",
    with_certificate: bool = True,
) -> bytes:
    """A token over ``stamped``."""
    imprint = {
        "hash_algorithm": {"algorithm": OIDS_BY_NAME.get(algorithm, algorithm)},
        "hashed_message": digests.digest(algorithm, stamped),
    }
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": imprint,
            "serial_number": 1,
            "gen_time": core.GeneralizedTime(at),
        }
    )
    return _sign_content(signer, info.dump(), with_certificate)


def add_stamp(signature: bytes, token: bytes) -> bytes:
    """The signature as CAdES-T."""
    info = cms.ContentInfo.load(signature)
    attribute = cms.CMSAttribute(
        {"type": SIGNATURE_TIME_STAMP, "values": [cms.ContentInfo.load(token)]}
    )
    info["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])
    return info.dump()


def get_value(signature: bytes) -> bytes:
    """The signature value, which a CAdES-T stamp is over."""
    return cms.ContentInfo.load(signature)["content"]["signer_infos"][0]["signature"].native


def _sign_content(signer: Signer, content: bytes, with_certificate: bool) -> bytes:
    """The signature of ``content``, with it inside and its content type."""
    info = cms.ContentInfo.load(signer.sign(content))
    signed_data = info["content"]
    signed_data["version"] = "v3"
    signed_data["encap_content_info"] = {
        "content_type": TIME_STAMP_INFO,
        "content": core.ParsableOctetString(content),
    }
    if not with_certificate:
        signed_data["certificates"] = None
    one = signed_data["signer_infos"][0]
    attributes = [
        cms.CMSAttribute({"type": "content_type", "values": [TIME_STAMP_INFO]}),
        *(item for item in one["signed_attrs"] if item["type"].native != "content_type"),
    ]
    one["signed_attrs"] = cms.CMSAttributes(attributes)
    one["signature"] = signer.sign_value(one["signed_attrs"].untag().dump(force=True))
    return info.dump()

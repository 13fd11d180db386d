"""Verifying an enveloped XML signature (XMLDSig) over a whole document. No database.

Only the form that signs the document as it is: one signature below the root, one reference to the
whole document. Everything else could leave unsigned what is read afterwards.
"""

import base64
from dataclasses import dataclass

from asn1crypto import algos
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from econtract.platform.crypto import gost
from edo.crypto import signatures
from edo.crypto.digests import digest
from edo.crypto.errors import InvalidSignature, UnsupportedAlgorithm, WeakAlgorithm
from edo.signing.revocation import get_spki

DSIG = "http://www.w3.org/2000/09/xmldsig#"
_GOST = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENVELOPED = f"{DSIG}enveloped-signature"
# Canonicalization without comments, and whether it is the exclusive one.
_C14N = {
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": False,
    "http://www.w3.org/2001/10/xml-exc-c14n#": True,
}
_DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
    f"{_GOST}gostr34112012-256": gost.STREEBOG_256,
    f"{_GOST}gostr34112012-512": gost.STREEBOG_512,
}
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
_SIGNATURES = {
    f"{_GOST}gostr34102012-gostr34112012-256": gost.SIGNATURE_256,
    f"{_GOST}gostr34102012-gostr34112012-512": gost.SIGNATURE_512,
    f"{_MORE}rsa-sha256": "1.2.840.113549.1.1.11",
    f"{_MORE}ecdsa-sha256": _ECDSA_SHA256,
}


class XmlSignatureInvalid(Exception):
    """The signature refutes itself: the document or the signature was changed."""


class XmlSignatureUnverifiable(Exception):
    """There is no signature, or one of a form or an algorithm that we do not know."""


@dataclass(frozen=True)
class XmlSigner:
    """Whose key the signature confirms, with the other certificates beside it."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]


def verify_enveloped(root: etree._Element) -> XmlSigner:
    """Verify the signature of the document, and remove it from ``root``.

    Raises XmlSignatureInvalid or XmlSignatureUnverifiable.
    """
    try:
        return _verify(root)
    except (InvalidSignature, WeakAlgorithm) as error:
        raise XmlSignatureInvalid(str(error)) from error
    except UnsupportedAlgorithm as error:
        raise XmlSignatureUnverifiable(f"алгоритм не поддерживается ({error})") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise XmlSignatureUnverifiable("подпись не читается") from error


def _verify(root: etree._Element) -> XmlSigner:
    elements = list(root.iter(f"{{{DSIG}}}Signature"))
    if not elements:
        raise XmlSignatureUnverifiable("подписи нет")
    if len(elements) > 1 or elements[0].getparent() is not root:
        raise XmlSignatureUnverifiable("подпись не одна или не над всем списком")
    signature = elements[0]
    info = _get(signature, "SignedInfo")
    # The canonical form inherits namespaces of the document: before the signature is removed.
    signed_info = _canonicalize(info, _get(info, "CanonicalizationMethod").get("Algorithm"))
    _check_reference(root, signature, info)
    method = _get(info, "SignatureMethod").get("Algorithm", "")
    oid = _SIGNATURES.get(method)
    if oid is None:
        raise UnsupportedAlgorithm(method)
    value = _read_base64(_get(signature, "SignatureValue"))
    certificates = [
        x509.load_der_x509_certificate(_read_base64(element))
        for element in signature.iter(f"{{{DSIG}}}X509Certificate")
    ][:10]
    algorithm = algos.SignedDigestAlgorithm({"algorithm": oid})
    unsupported: UnsupportedAlgorithm | None = None
    for certificate in certificates:
        try:
            signatures.verify(
                get_spki(certificate), algorithm, signed_info, _encode_value(oid, value)
            )
        except InvalidSignature:
            continue
        except UnsupportedAlgorithm as error:
            unsupported = error
            continue
        others = tuple(item for item in certificates if item != certificate)
        return XmlSigner(certificate, others)
    if not certificates:
        raise XmlSignatureUnverifiable("в подписи нет сертификата")
    if unsupported is not None:
        raise unsupported
    raise XmlSignatureInvalid("ключ сертификата не подтверждает подпись")


def _check_reference(root: etree._Element, signature: etree._Element, info: etree._Element) -> None:
    references = info.findall(f"{{{DSIG}}}Reference")
    if len(references) != 1 or references[0].get("URI") != "":
        raise XmlSignatureUnverifiable("подписан не весь список")
    reference = references[0]
    transforms = [item.get("Algorithm", "") for item in reference.iter(f"{{{DSIG}}}Transform")]
    if not transforms or transforms[0] != ENVELOPED or len(transforms) > 2:
        raise XmlSignatureUnverifiable("неизвестное преобразование")
    algorithm = transforms[1] if len(transforms) == 2 else next(iter(_C14N))
    name = _DIGESTS.get(_get(reference, "DigestMethod").get("Algorithm", ""))
    if name is None:
        raise UnsupportedAlgorithm("the digest of the reference")
    expected = _read_base64(_get(reference, "DigestValue"))
    _remove(root, signature)
    if digest(name, _canonicalize(root.getroottree(), algorithm)) != expected:
        raise XmlSignatureInvalid("список изменен после подписания")


def _canonicalize(element: "etree._Element | etree._ElementTree", algorithm: str | None) -> bytes:
    if algorithm not in _C14N:
        raise XmlSignatureUnverifiable("неизвестная канонизация")
    content: bytes = etree.tostring(
        element, method="c14n", exclusive=_C14N[algorithm or ""], with_comments=False
    )
    return content


def _remove(root: etree._Element, signature: etree._Element) -> None:
    """Remove the element; lxml would remove the text behind it too, which is signed."""
    tail, previous = signature.tail or "", signature.getprevious()
    if previous is None:
        root.text = (root.text or "") + tail
    else:
        previous.tail = (previous.tail or "") + tail
    root.remove(signature)


def _encode_value(oid: str, value: bytes) -> bytes:
    """XML signatures by ECDSA are r and s, one after the other: the library wants a sequence."""
    if oid != _ECDSA_SHA256:
        return value
    half = len(value) // 2
    r, s = (int.from_bytes(part, "big") for part in (value[:half], value[half:]))
    return encode_dss_signature(r, s)


def _get(parent: etree._Element, name: str) -> etree._Element:
    element = parent.find(f"{{{DSIG}}}{name}")
    if element is None:
        raise XmlSignatureUnverifiable("подпись не читается")
    return element


def _read_base64(element: etree._Element) -> bytes:
    return base64.b64decode("".join((element.text or "").split()), validate=True)

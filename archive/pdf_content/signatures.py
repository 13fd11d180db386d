"""Signatures that a PDF has inside already."""

from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from pikepdf.models.metadata import decode_pdf_date

from archive.findings import Finding

SIGNATURE_KEY = "/ByteRange"  # of a dictionary that has a signature
_MAX_DEPTH = 20
_PRINTED, _READ_ONLY, _LOCKED = 4, 64, 128  # flags of an annotation
_FIELD_KEYS = (
    "/FT",
    "/V",
    "/T",
    "/Parent",
    "/Ff",
    "/Lock",
    "/SV",
    "/MK",
    "/DA",
    "/A",
    "/AA",
    "/TU",
)


def build_signature_findings(pdf: pikepdf.Pdf, dictionaries: Iterable[Any]) -> list[Finding]:
    """Who has signed the PDF; ``dictionaries`` are those with SIGNATURE_KEY."""
    usage_rights = pdf.Root.get("/Perms", pikepdf.Dictionary()).get("/UR3")
    signatures = [
        _describe(dictionary)
        for dictionary in dictionaries
        if "/Contents" in dictionary and SIGNATURE_KEY in dictionary and dictionary != usage_rights
    ]
    if not signatures:
        return []
    text = (
        f"PDF уже подписан: {'; '.join(dict.fromkeys(signatures))}. Эти подписи останутся только "
        "в исходном файле, в копии со штампами их не будет. Проверьте, тот ли это файл"
    )
    return [Finding("pdf_signed", text)]


def _describe(signature: Any) -> str:
    """The signer and the date, as far as they can be read."""
    if signature.get("/Type") == "/DocTimeStamp":
        signer = "штамп времени"
    else:
        signer = _read_signer(bytes(signature.Contents)) or str(signature.get("/Name", ""))
    try:
        date = f"{decode_pdf_date(str(signature.get('/M', ''))):%d.%m.%Y}"
    except ValueError:
        date = ""
    return ", ".join(part for part in (signer.strip() or "имя не указано", date) if part)


def _read_signer(cms: bytes) -> str:
    """The name in the signer's certificate; empty if it cannot be read."""
    try:
        certificates = pkcs7.load_der_pkcs7_certificates(_without_padding(cms))
        issuers = {certificate.issuer for certificate in certificates}
        names = [cert.subject for cert in certificates if cert.subject not in issuers]
        subject = (names or [certificate.subject for certificate in certificates])[0]
        attributes = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(attributes[0].value)
    except (ValueError, TypeError, LookupError, x509.UnsupportedGeneralNameType):
        return ""


def _without_padding(cms: bytes) -> bytes:
    """The first DER value of ``cms``: the space reserved for a signature is filled with zeros."""
    if len(cms) < 2 or cms[1] < 0x80:
        return cms[: 2 + cms[1]] if len(cms) > 1 else cms
    size = cms[1] & 0x7F
    return cms[: 2 + size + int.from_bytes(cms[2 : 2 + size])]


def remove_signatures(pdf: pikepdf.Pdf) -> bool:
    """Makes signature fields plain pictures, in memory; False if the PDF is not signed.

    For a changed copy: a reader would call its signatures invalid.
    """
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary) or not any(
        "/V" in field for field in _iter_signature_fields(form.get("/Fields"))
    ):
        return False
    form.Fields = _without_signatures(form.Fields)  # first: pictures have no field type any more
    for page in pdf.pages:
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, pikepdf.Array):
            page.obj.Annots = pikepdf.Array(
                [annotation for annotation in annotations if _keep_as_picture(annotation)]
            )
    for owner, key in ((form, "/SigFlags"), (pdf.Root, "/Perms"), (pdf.Root, "/DSS")):
        if key in owner:
            del owner[key]
    return True


def _iter_signature_fields(nodes: Any, depth: int = 0) -> Iterator[Any]:
    if not isinstance(nodes, pikepdf.Array) or depth > _MAX_DEPTH:
        return
    for node in nodes:
        if isinstance(node, pikepdf.Dictionary):
            if _is_signature(node):
                yield node
            yield from _iter_signature_fields(node.get("/Kids"), depth + 1)


def _is_signature(node: Any, depth: int = 0) -> bool:
    """Whether a field or a widget belongs to a signature: the type may be that of a parent."""
    if "/FT" in node or depth > _MAX_DEPTH:
        return bool(node.get("/FT") == "/Sig")
    parent = node.get("/Parent")
    return isinstance(parent, pikepdf.Dictionary) and _is_signature(parent, depth + 1)


def _without_signatures(nodes: Any, depth: int = 0) -> pikepdf.Array:
    fields = [node for node in nodes if isinstance(node, pikepdf.Dictionary)]
    kept = [field for field in fields if not _is_signature(field)]
    for field in kept:
        if isinstance(field.get("/Kids"), pikepdf.Array) and depth < _MAX_DEPTH:
            field.Kids = _without_signatures(field.Kids, depth + 1)
    return pikepdf.Array(kept)


def _keep_as_picture(annotation: Any) -> bool:
    """Makes the widget of a signature a stamp with the same picture; False if it has none."""
    if not isinstance(annotation, pikepdf.Dictionary) or not _is_signature(annotation):
        return True
    for key in _FIELD_KEYS:
        if key in annotation:
            del annotation[key]
    annotation.Subtype = pikepdf.Name.Stamp
    annotation.F = _PRINTED | _READ_ONLY | _LOCKED | int(annotation.get("/F", 0))
    return "/AP" in annotation

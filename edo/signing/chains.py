"""Building the chain of a certificate and validating it by RFC 5280. No database, no network.

pyhanko-certvalidator validates; our own verifier of signature values knows ГОСТ besides RSA and
ECDSA. Revocation is not its business here: see `revocation.py`.
"""

import functools
import threading
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import algos, core, keys
from asn1crypto import x509 as asn1_x509
from cryptography import exceptions, x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.sig_validate import SignatureValidationContext, SignatureValidator
from pyhanko_certvalidator.validate import async_validate_path

from edo.crypto import signatures
from edo.crypto.errors import InvalidSignature, UnsupportedAlgorithm, WeakAlgorithm

MAX_DEPTH = 8
# Certificates with the same name may form many chains; a hostile signature has twenty of them.
MAX_PATHS = 20
MAX_STEPS = 200
OCSP_NO_CHECK = "1.3.6.1.5.5.7.48.1.5"
_NO_REVOCATION_CHECK = CertRevTrustPolicy(
    RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.NO_CHECK,
        intermediate_ca_cert_rule=RevocationCheckingRule.NO_CHECK,
    )
)
# asn1crypto parses when it is asked, which is not safe in several threads.
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Chain:
    """Certificates from a signer's to a trusted root, and when all of them are valid."""

    certificates: tuple[x509.Certificate, ...]
    valid_from: datetime
    valid_until: datetime

    def is_valid_at(self, time: datetime) -> bool:
        return self.valid_from <= time <= self.valid_until


class UnverifiableChain(Exception):
    """A chain may be valid, and we cannot tell; `code` is a key of `report.DOUBT_TEXTS`."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@functools.lru_cache(maxsize=1024)
def find_chains(
    certificate: x509.Certificate,
    intermediates: tuple[x509.Certificate, ...],
    roots: tuple[x509.Certificate, ...],
) -> tuple[Chain, ...]:
    """All valid chains, whatever the time.

    Raises UnverifiableChain when there is none, but one that we cannot judge.
    """
    chains, error = [], None
    for path in _list_paths(certificate, intermediates, roots):
        try:
            chain = _validate(path)
        except UnsupportedAlgorithm as reason:
            error = UnverifiableChain("chain_unsupported", str(reason))
        except (ValueError, TypeError, KeyError) as reason:  # asn1crypto, for broken extensions
            error = UnverifiableChain("chain_unreadable", str(reason))
        else:
            chains += [chain] if chain else []
    if error is not None and not chains:
        raise error
    return tuple(chains)


def _list_paths(
    certificate: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
) -> Iterator[tuple[x509.Certificate, ...]]:
    """Paths by the names of issuers, at most MAX_PATHS."""
    paths: list[tuple[x509.Certificate, ...]] = [(certificate,)]
    count = 0
    for _ in range(MAX_STEPS):
        if not paths or count == MAX_PATHS:
            return
        path = paths.pop()
        for root in roots:
            if _may_have_issued(root, path[-1]) and root not in path:
                count += 1
                yield (*path, root)
        if len(path) < MAX_DEPTH:
            paths += [
                (*path, item)
                for item in intermediates
                if _may_have_issued(item, path[-1]) and item not in path and item not in roots
            ]


def _may_have_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether names and, when both have them, key identifiers fit."""
    if issuer.subject != certificate.issuer:
        return False
    key_ids = {_get_issuer_key_id(certificate), _get_key_id(issuer)}
    return None in key_ids or len(key_ids) == 1


@functools.lru_cache(maxsize=2048)
def _get_key_id(certificate: x509.Certificate) -> bytes | None:
    try:
        value = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except (x509.ExtensionNotFound, ValueError):
        return None
    return value.digest


@functools.lru_cache(maxsize=2048)
def _get_issuer_key_id(certificate: x509.Certificate) -> bytes | None:
    try:
        value = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    except (x509.ExtensionNotFound, ValueError):
        return None
    return value.key_identifier


def _validate(path: tuple[x509.Certificate, ...]) -> Chain | None:
    """Validate at a time when all the certificates are valid; nothing else depends on the time."""
    valid_from = max(certificate.not_valid_before_utc for certificate in path)
    valid_until = min(certificate.not_valid_after_utc for certificate in path)
    if valid_from > valid_until:
        return None
    with _LOCK:
        leaf, *others = (_to_asn1(certificate) for certificate in path)
        *intermediates, root = others
        context = ValidationContext(
            trust_roots=[root],
            moment=valid_from,
            revinfo_policy=_NO_REVOCATION_CHECK,
            signature_validator=_VALIDATOR,
        )
        validation = async_validate_path(
            context, ValidationPath(CertTrustAnchor(root), intermediates[::-1], leaf)
        )
        try:
            _complete(validation)
        except PathValidationError:
            return None
    return Chain(path, valid_from, valid_until)


def _complete(coroutine: Coroutine[Any, Any, Any]) -> None:
    """Run a coroutine that waits for nothing: the thread may have an event loop already."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("the validation of a chain waits for something")


class _Validator(SignatureValidator):
    """Verifies the signature values of certificates with `edo.crypto`."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: keys.PublicKeyInfo,
        signature_algorithm: algos.SignedDigestAlgorithm,
        context: SignatureValidationContext = SignatureValidationContext(),  # noqa: B008
    ) -> None:
        try:
            signatures.verify(public_key_info.dump(), signature_algorithm, signed_data, signature)
        except (InvalidSignature, WeakAlgorithm) as error:
            # The validator's own exception: it says that the chain is not valid.
            raise exceptions.InvalidSignature from error


_VALIDATOR = _Validator()


@functools.lru_cache(maxsize=2048)
def _to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    parsed = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    for extension in parsed["tbs_certificate"]["extensions"]:
        # Real authorities leave the value empty, where a NULL belongs: asn1crypto refuses to parse.
        if extension["extn_id"].dotted == OCSP_NO_CHECK:
            extension["extn_value"]._parsed = (core.Null(), core.Null, None)
    return parsed

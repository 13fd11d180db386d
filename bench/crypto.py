"""`scripts/bench crypto`: what ГОСТ costs, as ratios of one run.

Verifies signatures of the same document by RSA and by ГОСТ (256 bit, parameter set XA), each with
its chain: signatures of known certificates, and of certificates that have not been seen before.
Digests 30 MB with Streebog and with SHA-256: the interpreter's portable code, and OpenSSL, which
uses the processor's own instructions for SHA-256 where it has them.
"""

import hashlib
import importlib
import os
import time
from collections.abc import Callable

from bench.gates import Gate, at_most, figure

VERIFICATION_BAR = 10.0  # ГОСТ : RSA
DIGEST_BAR = 5.0  # Streebog : SHA-256 in portable code
REPEATS, STRANGERS = 100, 25
DIGEST_BYTES = 30 * 1024 * 1024


def run() -> list[Gate]:
    """The gates of verification and digests."""
    return [*_measure_verification(), *_measure_digests()]


def _measure_verification() -> list[Gate]:
    from tests.support.signing.gost_pki import gost_authority
    from tests.support.signing.pki import authority

    gates = []
    seconds = {
        "RSA": _time_verification(authority(), use_rsa=True),
        "ГОСТ": _time_verification(gost_authority()),
    }
    for index, what in enumerate(("known certificate", "new certificate")):
        rsa, gost = seconds["RSA"][index], seconds["ГОСТ"][index]
        gates += [
            figure(f"verification, {what}: RSA, ms", rsa * 1000),
            figure(f"verification, {what}: ГОСТ, ms", gost * 1000),
            at_most(f"verification, {what}: ГОСТ / RSA", gost / rsa, VERIFICATION_BAR),
        ]
    return gates


def _time_verification(owner: object, **options: bool) -> tuple[float, float]:
    """Seconds a signature: with a known certificate, with a new one."""
    from edo.signing import cms
    from tests.support.signing.pki import NOW, PDF

    def verify(signatures: list[bytes]) -> None:
        for signature in signatures:
            report = cms.verify(signature, PDF, trust=owner.trust, at=NOW)  # type: ignore[attr-defined]
            if not report.is_valid:
                raise RuntimeError(f"the signature is not valid: {report.reasons}")

    signers = [owner.signer(**options) for _ in range(STRANGERS)]  # type: ignore[attr-defined]
    signatures = [signer.sign(PDF) for signer in signers]
    # The first time for each certificate: chains are remembered.
    new = _time_once(lambda: verify(signatures)) / STRANGERS
    known = _time(lambda: verify(signatures[:1] * REPEATS)) / REPEATS
    return known, new


def _measure_digests() -> list[Gate]:
    from edo.crypto.digests import digest

    content = os.urandom(DIGEST_BYTES)
    portable = _load_portable_sha256()
    streebog = _time(lambda: digest("streebog256", content))
    plain = _time(lambda: portable(content).digest())  # type: ignore[attr-defined]
    fast = _time(lambda: hashlib.sha256(content).digest())
    return [
        figure("digest of 30 MB: Streebog-256, ms", streebog * 1000),
        figure("digest of 30 MB: SHA-256 in portable code, ms", plain * 1000),
        figure("digest of 30 MB: SHA-256 of OpenSSL, ms", fast * 1000),
        at_most("digest of 30 MB: Streebog / portable SHA-256", streebog / plain, DIGEST_BAR),
        figure("digest of 30 MB: Streebog / SHA-256 of OpenSSL", streebog / fast),
    ]


def _load_portable_sha256() -> Callable[[bytes], object]:
    """SHA-256 without the processor's instructions for it; the module has two names."""
    for name in ("_sha2", "_sha256"):
        try:
            return importlib.import_module(name).sha256  # type: ignore[no-any-return]
        except ImportError:
            continue
    raise RuntimeError("this Python has no SHA-256 of its own")


def _time(work: Callable[[], object]) -> float:
    """The least of three times, in seconds."""
    return min(_time_once(work) for _ in range(3))


def _time_once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start

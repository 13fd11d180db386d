"""A signature is qualified when its authority was accredited at the time of signing."""

import json
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import hashes

from edo.signing import cms
from edo.signing.providers.registry import get_signing_service
from edo.signing.trust import TrustStore
from edo.trust.store import load_trust_store
from tests.support.sandbox import Sandbox
from tests.support.signing.pki import DAY, NOW, PDF, Authority, authority, write_trust


@pytest.mark.parametrize(
    ("since", "until", "is_accredited"),
    [
        (date(2026, 11, 21), None, True),
        (date(2026, 11, 21), date(2026, 11, 21), True),
        (date(2026, 11, 22), None, False),
        (date(2020, 1, 1), date(2026, 11, 20), False),
    ],
)
def test_the_day_of_signing_counts(since: date, until: date | None, is_accredited: bool) -> None:
    signature = authority().signer().sign(PDF, NOW)
    trust = authority().accredit(since, until)
    for seen_at in (None, NOW + 30 * DAY):
        report = cms.verify(signature, PDF, trust=trust, at=seen_at)
        assert report.is_valid
        assert (report.accreditation is not None) == is_accredited


def test_the_day_is_that_of_moscow() -> None:
    signature = authority().signer().sign(PDF, NOW.replace(hour=21))  # the 22nd, 00:00 in Moscow
    report = cms.verify(signature, PDF, trust=authority().accredit(date(2026, 11, 22)))
    assert report.accreditation is not None


def test_another_authority_is_not_accredited() -> None:
    """Trusted, and not in the list."""
    other = Authority("Другой")
    accredited = authority().accredit(date(2020, 1, 1))
    trust = TrustStore((*accredited.roots, other.root), accreditations=accredited.accreditations)
    report = cms.verify(other.signer().sign(PDF), PDF, trust=trust)
    assert (report.is_valid, report.accreditation) == (True, None)


def test_the_file_beside_the_roots_is_read_and_read_again(tmp_path: Path) -> None:
    roots = write_trust(tmp_path, authority())
    assert TrustStore.load(roots).accreditations == ()
    term = {
        "sha256": authority().issuing.fingerprint(hashes.SHA256()).hex(":").upper(),
        "name": "АО «УЦ»",
        "valid_from": "2020-01-01",
    }
    path = tmp_path / "accreditations.json"
    path.write_text(json.dumps([term]))
    report = cms.verify(authority().signer().sign(PDF), PDF, trust=TrustStore.load(roots))
    assert report.accreditation
    assert not report.accreditation.is_test
    for malformed in ("{", "[1]", "[{}]", '[{"sha256": "", "name": "", "valid_from": "soon"}]'):
        path.write_text(malformed)
        with pytest.raises(ValueError):
            TrustStore.load(roots)


def test_the_authority_of_the_sandbox_is_a_test_authority(
    connected_sandbox: Sandbox,
) -> None:
    signature = get_signing_service().sign("signer-ivanova", PDF, uuid4())
    report = cms.verify(signature, PDF, trust=load_trust_store())
    assert report.accreditation
    assert report.accreditation.is_test

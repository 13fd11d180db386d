"""What is collected to prove a signature later: certificates, and answers about revocation."""

from dataclasses import replace

import pytest

from edo.signing.cms_parsing import TIME_STAMP_INFO
from edo.signing.proofs import collect_proofs, find_stamp_position, read_stamp_time
from edo.signing.trust import TrustStore
from tests.support.signing.pki import DAY, NOW, PDF, Authority, authority
from tests.support.signing.stamps import add_stamp, build_stamp, get_value

SIGNER = authority().signer()
SIGNATURE = SIGNER.sign(PDF)
SERVICE = authority().time_stamp_authority()
STAMPED = add_stamp(SIGNATURE, build_stamp(SERVICE, get_value(SIGNATURE), NOW + DAY))
CHAIN = [SIGNER.certificate, authority().issuing, authority().root]
FRESH = authority().revocation_list({}, NOW + 10 * DAY, NOW + DAY)
OLDER = authority().revocation_list({}, NOW + 5 * DAY, NOW - DAY)
ENDED = authority().revocation_list({}, NOW - DAY, NOW - 3 * DAY)


def trust(*crls: object) -> TrustStore:
    return replace(authority().trust, crls=crls)


def test_the_certificates_are_those_of_the_chain_and_of_the_stamps() -> None:
    assert list(collect_proofs(SIGNATURE, trust=trust(), at=NOW).certificates) == CHAIN
    proofs = collect_proofs(STAMPED, trust=trust(), at=NOW)
    assert set(proofs.certificates) == {*CHAIN, SERVICE.certificate}


def test_the_freshest_list_that_still_holds_is_taken() -> None:
    [proof] = collect_proofs(SIGNATURE, trust=trust(OLDER, FRESH, ENDED), at=NOW).revocation
    assert (proof.issued_at, proof.is_list) == (NOW + DAY, True)
    [proof] = collect_proofs(SIGNATURE, trust=trust(OLDER, ENDED), at=NOW).revocation
    assert proof.issued_at == NOW - DAY


def test_an_authority_that_has_not_answered_is_named() -> None:
    for crls in ((), (ENDED,), (Authority().revocation_list({}),)):
        proofs = collect_proofs(SIGNATURE, trust=trust(*crls), at=NOW)
        assert not proofs.revocation
        assert proofs.unknown == ("Тестовый УЦ",)
    assert not collect_proofs(SIGNATURE, trust=trust(FRESH), at=NOW).unknown


def test_answers_about_the_signer_are_told_from_those_about_the_stamp() -> None:
    other = Authority("Служба")
    service = other.time_stamp_authority()
    stamped = add_stamp(SIGNATURE, build_stamp(service, get_value(SIGNATURE)))
    store = TrustStore(
        (authority().root, other.root), (FRESH, other.revocation_list({}, NOW + 5 * DAY))
    )
    proofs = collect_proofs(stamped, trust=store, at=NOW)
    assert len(proofs.revocation) == 2
    assert [proof.issued_at for proof in proofs.signer_revocation] == [NOW + DAY]


def test_a_token_has_proofs_of_its_own() -> None:
    token = build_stamp(SERVICE, PDF, NOW + DAY)
    assert read_stamp_time(token) == NOW + DAY
    proofs = collect_proofs(token, trust=trust(FRESH), at=NOW, content_type=TIME_STAMP_INFO)
    assert proofs.certificates[0] == SERVICE.certificate
    assert len(proofs.signer_revocation) == 1


def test_the_position_of_a_stamp_cuts_it_out() -> None:
    assert find_stamp_position(SIGNATURE) is None
    position, stamped_at = find_stamp_position(STAMPED)
    assert stamped_at == NOW + DAY
    token = STAMPED[position.token_offset :][: position.token_length]
    assert read_stamp_time(token) == stamped_at
    assert STAMPED[position.value_offset :][: position.value_length] == get_value(SIGNATURE)


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x30\x80" * 500, SIGNATURE[:-40]])
def test_hostile_bytes_have_no_proofs(content: bytes) -> None:
    assert not collect_proofs(content, trust=trust(FRESH), at=NOW).certificates
    assert find_stamp_position(content) is None
    with pytest.raises(ValueError):
        read_stamp_time(content)

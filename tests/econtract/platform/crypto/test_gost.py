"""ГОСТ by libgcrypt: the examples of the standards, every curve, and hostile keys and values."""

import os
import resource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from econtract.platform.crypto import gost, libgcrypt
from econtract.platform.crypto.gost import CURVES, EngineError, GostPrivateKey, GostPublicKey

CONTENT = b"the contract"
# RFC 6986, section 10.
MESSAGE_1 = b"012345678901234567890123456789012345678901234567890123456789012"
MESSAGE_2 = "Се ветри, Стрибожи внуци, веютъ с моря стрелами на храбрыя плъкы Игоревы"
# RFC 7091, section 7: the curve, d, the digest as a number, r, s.
EXAMPLES = [
    (
        "1.2.643.2.2.35.0",
        "7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28",
        "2DFBC1B372D89A1188C09C52E0EEC61FCE52032AB1022E8E67ECE6672B043EE5",
        "41AA28D2F1AB148280CD9ED56FEDA41974053554A42767B83AD043FD39DC0493",
        "01456C64BA4642A1653C235A98A60249BCD6D3F746B631DF928014F6C5BF9C40",
    ),
    (
        "1.2.643.7.1.2.1.2.0",
        "0BA6048AADAE241BA40936D47756D7C93091A0E8514669700EE7508E508B1020"
        "72E8123B2200A0563322DAD2827E2714A2636B7BFD18AADFC62967821FA18DD4",
        "3754F3CFACC9E0615C4F4A7C4D8DAB531B09B6F9C170C533A71D147035B0C591"
        "7184EE536593F4414339976C647C5D5A407ADEDB1D560C4FC6777D2972075B8C",
        "2F86FA60A081091A23DD795E1E3C689EE512A3C82EE0DCC2643C78EEA8FCACD3"
        "5492558486B20F1C9EC197C90699850260C93BCBCD9C5C3317E19344E173AE36",
        "1081B394696FFE8E6585E7A9362D26B6325F56778AADBC081C0BFBE933D52FF5"
        "823CE288E8C4F362526080DF7F70CE406A6EEB1F56919CB92A9853BDE73E5B4A",
    ),
]


@pytest.mark.parametrize(
    ("name", "message", "expected"),
    [
        (
            "streebog512",
            MESSAGE_1,
            "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
            "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48",
        ),
        (
            "streebog256",
            MESSAGE_1,
            "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500",
        ),
        (
            "streebog512",
            MESSAGE_2.encode("cp1251"),
            "1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376"
            "035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28",
        ),
        (
            "streebog256",
            MESSAGE_2.encode("cp1251"),
            "9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50",
        ),
    ],
)
def test_digests_are_those_of_rfc_6986(name: str, message: bytes, expected: str) -> None:
    assert gost.digest(name, message).hex() == expected
    running = gost.new_hash(name)
    for position in range(len(message)):
        running.update(message[position : position + 1])
    assert running.digest().hex() == expected


@pytest.mark.parametrize(("curve", "secret", "number", "r", "s"), EXAMPLES)
def test_signatures_are_those_of_rfc_7091(
    curve: str, secret: str, number: str, r: str, s: str
) -> None:
    point = libgcrypt.derive_point(CURVES[curve], bytes.fromhex(secret))
    algorithm = gost.KEY_512 if len(point) == 128 else gost.KEY_256
    key = GostPublicKey(algorithm, curve, point)
    digest = bytes.fromhex(number)[::-1]
    assert key.verify(bytes.fromhex(s + r), digest)
    assert not key.verify(bytes.fromhex(r + s), digest)
    assert not key.verify(bytes.fromhex(s + r), digest[::-1])


@pytest.mark.parametrize("curve", CURVES)
def test_every_curve_signs_and_verifies(curve: str) -> None:
    key = GostPrivateKey.generate(curve)
    public = key.public_key
    for _ in range(5):
        value = key.sign(CONTENT)
        assert len(value) == 2 * public.size
        assert public.verify(value, gost.digest(key.digest_name, CONTENT))
        assert not public.verify(value, gost.digest(key.digest_name, CONTENT + b"s"))
    assert GostPublicKey.from_spki(public.to_spki().dump()) == public
    assert GostPrivateKey.from_pkcs8(key.to_pkcs8()) == key


def test_a_secret_is_not_shown() -> None:
    key = GostPrivateKey.generate()
    assert repr(key.secret) not in repr(key)


@pytest.mark.parametrize("filler", [b"", b"\x00", b"\xff"])
def test_hostile_numbers_are_just_invalid(filler: bytes) -> None:
    key = GostPrivateKey.generate()
    public, digest = key.public_key, gost.digest(key.digest_name, CONTENT)
    value = key.sign(CONTENT)
    for hostile in (filler * 64, filler * 32 + value[32:], value[:32] + filler * 32):
        assert not public.verify(hostile, digest)
    nowhere = GostPublicKey(public.algorithm, public.curve, filler * 64)
    assert not nowhere.verify(value, digest)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_damage_to_a_key_is_an_error_that_we_name(data: st.DataObject) -> None:
    spki, pkcs8 = bytearray(_KEY.public_key.to_spki().dump()), bytearray(_KEY.to_pkcs8())
    for encoded, read in ((spki, GostPublicKey.from_spki), (pkcs8, GostPrivateKey.from_pkcs8)):
        position = data.draw(st.integers(0, len(encoded) - 1))
        encoded[position] = data.draw(st.integers(0, 255))
        try:
            read(bytes(encoded[: data.draw(st.integers(1, len(encoded)))]))
        except (EngineError, ValueError, TypeError):
            continue


def test_an_unknown_curve_or_key_is_named() -> None:
    with pytest.raises(EngineError, match="Unknown elliptic curve"):
        libgcrypt.generate_key("no such curve")
    spki = _KEY.public_key.to_spki().dump()
    other = spki.replace(bytes.fromhex("06072a850302022400"), bytes.fromhex("06072a850302022409"))
    assert other != spki
    with pytest.raises(EngineError, match=r"1\.2\.643\.2\.2\.36\.9"):
        GostPublicKey.from_spki(other)


def test_the_absent_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libgcrypt, "LIBRARY", "libgcrypt.so.nowhere")
    libgcrypt.load.cache_clear()
    try:
        with pytest.raises(EngineError, match="is not installed"):
            gost.digest("streebog256", b"")
    finally:
        libgcrypt.load.cache_clear()


def test_nothing_is_left_in_memory() -> None:
    digest, value = gost.digest("streebog256", CONTENT), _KEY.sign(CONTENT)

    def use(times: int) -> None:
        for _ in range(times):
            _KEY.public_key.verify(value, digest)
            _KEY.public_key.verify(os.urandom(64), digest)
            gost.digest("streebog512", CONTENT)
            with pytest.raises(EngineError):
                libgcrypt.derive_point("no such curve", b"1")

    use(100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    use(1500)
    # A digest's state has 3 KB, an expression half a KB: a leak would be 10 MB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2000


_KEY = GostPrivateKey.generate()

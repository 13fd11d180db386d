"""Cabinet, archives, SMS and e-mail, signing service."""

import base64
import hashlib
import subprocess
from pathlib import Path
from typing import Any

import pytest
from stdnum import ean

from tests.econtract.sandbox.test_manners import CABINET
from tests.support.sandbox import (
    ARCHIVE_REJECTS,
    CABINET_BAD_DATA,
    CABINET_EXISTS,
    LOTOS,
    ROMASHKA,
    Sandbox,
)

PDF = b"%PDF-1.7 contract"


def lodge(sandbox: Sandbox, archive: str = "apd", content: bytes = PDF, **changes: Any) -> Any:
    body = {
        "reference": "10482",
        "kind": "document",
        "file_name": "Договор.pdf",
        "content": base64.b64encode(content).decode(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "document_number": "850770100110",
        "document_kind": "Договор",
        "client_inn": ROMASHKA,
        "account_number": "850770100110",
    }
    return sandbox.post(f"/archive/{archive}/v1/documents", body | changes)


def test_the_same_client_gets_his_cabinet_again(sandbox: Sandbox) -> None:
    first, second = (sandbox.post("/cabinet/v1/cabinets", CABINET).json() for _ in range(2))
    assert first["ref"] == second["ref"]
    assert (first["created"], second["created"]) == (True, False)
    assert len(sandbox.journal("cabinet")) == 1


def test_a_phone_serves_one_client_only(sandbox: Sandbox) -> None:
    sandbox.post("/cabinet/v1/cabinets", CABINET)
    answer = sandbox.post("/cabinet/v1/cabinets", {**CABINET, "inn": LOTOS})
    assert (answer.status_code, answer.json()["code"]) == (409, "cabinet_exists")


@pytest.mark.parametrize(
    "changes",
    [
        {"inn": "7701001101"},
        {"inn": ""},
        {"phone": "89123456789"},
        {"phone": "+7912345678\n"},
        {"email": "nothing"},
        {"surname": ""},
        {"inn": CABINET_BAD_DATA},
    ],
)
def test_bad_data_make_no_cabinet(sandbox: Sandbox, changes: dict[str, str]) -> None:
    answer = sandbox.post("/cabinet/v1/cabinets", CABINET | changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "cabinet_bad_data")


def test_the_character_whose_phone_is_taken(sandbox: Sandbox) -> None:
    assert (
        sandbox.post("/cabinet/v1/cabinets", {**CABINET, "inn": CABINET_EXISTS}).status_code == 409
    )


def test_apd_gives_a_barcode_and_keeps_the_bytes(sandbox: Sandbox) -> None:
    code = lodge(sandbox).json()["code"]
    assert len(code) == 13
    assert ean.is_valid(code)
    found = sandbox.get(f"/archive/apd/v1/documents/{code}").json()
    assert (found["file_name"], found["size"], found["kind"]) == (
        "Договор.pdf",
        len(PDF),
        "document",
    )
    assert sandbox.get(f"/archive/apd/v1/documents/{code}/content").content == PDF


def test_rio_gives_an_id_of_its_own(sandbox: Sandbox) -> None:
    code = lodge(sandbox, "rio").json()["code"]
    assert code.startswith("RIO-")
    assert sandbox.get(f"/archive/rio/v1/documents/{code}").status_code == 200
    assert sandbox.get(f"/archive/apd/v1/documents/{code}").status_code == 404
    assert [entry["ref"] for entry in sandbox.journal("rio")] == [code]
    assert sandbox.journal("apd") == []


def test_a_package_names_its_document(sandbox: Sandbox) -> None:
    code = lodge(sandbox).json()["code"]
    package = lodge(sandbox, content=b"PK\x03\x04...", kind="package", document_code=code).json()
    found = sandbox.get(f"/archive/apd/v1/documents/{package['code']}").json()
    assert found["document_code"] == code


@pytest.mark.parametrize(
    "changes",
    [
        {"content": b""},
        {"content": b"MZ"},
        {"kind": "package"},
        {"kind": "letter"},
        {"sha256": "0" * 64},
        {"client_inn": ARCHIVE_REJECTS},
    ],
)
def test_an_archive_turns_away_what_it_cannot_take(
    sandbox: Sandbox, changes: dict[str, Any]
) -> None:
    answer = lodge(sandbox, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "archive_rejected")
    assert sandbox.journal("apd") == []


def test_messages_arrive_at_their_addressee(sandbox: Sandbox) -> None:
    sms = {"to": "+79123456789", "text": "Код: 123456", "reference": "1"}
    mail = {"to": "a@b.example", "subject": "Договор", "text": "Здравствуйте", "reference": "1"}
    assert sandbox.post("/messages/v1/sms", sms).status_code == 201
    assert sandbox.post("/messages/v1/email", mail).status_code == 201
    [found] = sandbox.messages("+79123456789")
    assert (found["channel"], found["text"]) == ("sms", "Код: 123456")
    assert [message["channel"] for message in sandbox.messages()] == ["sms", "email"]


@pytest.mark.parametrize(
    ("channel", "to"),
    [("sms", "89123456789"), ("sms", "+791234567890"), ("email", "nobody"), ("email", "a@b@c")],
)
def test_a_malformed_address_is_refused(sandbox: Sandbox, channel: str, to: str) -> None:
    body = {"to": to, "subject": "s", "text": "t", "reference": "1"}
    answer = sandbox.post(f"/messages/v1/{channel}", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_address")


def test_openssl_accepts_the_signature_over_exactly_those_bytes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    content, signature = tmp_path / "content", tmp_path / "signature"
    content.write_bytes(PDF)
    signature.write_bytes(sandbox.signature("signer-ivanova", PDF))
    verify = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(signature)]
    verify += ["-content", str(content), "-CAfile", str(sandbox.trust_roots), "-out", "/dev/null"]
    assert subprocess.run(verify, capture_output=True).returncode == 0
    content.write_bytes(PDF + b" ")
    assert subprocess.run(verify, capture_output=True).returncode != 0


def test_the_revocation_list_names_the_revoked_certificate(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    keys = {key["key_ref"]: key for key in sandbox.get("/signing/v1/keys").json()["keys"]}
    (tmp_path / "crl.der").write_bytes(sandbox.http.get("/ca/crl.der").content)
    pem = ["openssl", "crl", "-inform", "DER", "-in", str(tmp_path / "crl.der")]
    (tmp_path / "crl.pem").write_bytes(subprocess.run(pem, capture_output=True, check=True).stdout)
    (tmp_path / "issuing.pem").write_bytes(sandbox.http.get("/ca/issuing.pem").content)
    verdicts = {}
    for name in ("signer-ivanova", "signer-volkova", "signer-egorov"):
        (tmp_path / "one.pem").write_text(keys[name]["certificate"])
        check = ["openssl", "verify", "-crl_check", "-CAfile", str(sandbox.trust_roots)]
        check += ["-untrusted", str(tmp_path / "issuing.pem")]
        check += ["-CRLfile", str(tmp_path / "crl.pem"), str(tmp_path / "one.pem")]
        verdicts[name] = subprocess.run(check, capture_output=True, text=True).stderr
    assert verdicts["signer-ivanova"] == ""
    assert "revoked" in verdicts["signer-volkova"]
    assert "expired" in verdicts["signer-egorov"]


@pytest.mark.parametrize(
    ("key_ref", "status", "code"),
    [
        ("nobody", 404, "unknown_key"),
        ("signer-zaitsev", 409, "key_blocked"),
        ("edo-operator", 404, "unknown_key"),
    ],
)
def test_keys_that_do_not_sign(sandbox: Sandbox, key_ref: str, status: int, code: str) -> None:
    body = {"key_ref": key_ref, "content": base64.b64encode(PDF).decode()}
    answer = sandbox.post("/signing/v1/signatures", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_demo_history_can_be_signed_in_the_past_but_not_in_the_future(sandbox: Sandbox) -> None:
    now = sandbox.state()["now"]
    body = {"key_ref": "head", "content": "", "signed_at": f"{int(now[:4]) - 1}{now[4:]}"}
    assert sandbox.post("/signing/v1/signatures", body).json()["signed_at"] == body["signed_at"]
    body["signed_at"] = f"{int(now[:4]) + 1}{now[4:]}"
    assert sandbox.post("/signing/v1/signatures", body).status_code == 400


def test_a_client_can_sign_for_a_demo_history(sandbox: Sandbox) -> None:
    content = base64.b64encode(PDF).decode()
    answer = sandbox.control("client-signatures", inn=ROMASHKA, content=content)
    assert "BEGIN CERTIFICATE" in answer["certificate"]
    assert base64.b64decode(answer["signature"])[0] == 0x30

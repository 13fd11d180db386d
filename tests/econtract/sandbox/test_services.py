"""Cabinets, archives, SMS and e-mail, the signing service."""

import base64
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from stdnum import ean

from tests.support.sandbox import (
    ARCHIVE_REJECTS,
    CABINET_BAD_DATA,
    CABINET_EXISTS,
    LOTOS,
    ROMASHKA,
    Sandbox,
)
from tests.support.sandbox_calls import (
    ARCHIVE_FILE,
    CABINET_BODY,
    submit_document,
)
from tests.support.signing.openssl import openssl_environment


def test_the_same_client_gets_the_existing_cabinet(sandbox: Sandbox) -> None:
    first, second = (sandbox.post("/cabinet/v1/cabinets", CABINET_BODY).json() for _ in range(2))
    assert first["ref"] == second["ref"]
    assert (first["created"], second["created"]) == (True, False)
    assert len(sandbox.journal("cabinet")) == 1


def test_a_phone_belongs_to_one_client_only(sandbox: Sandbox) -> None:
    sandbox.post("/cabinet/v1/cabinets", CABINET_BODY)
    response = sandbox.post("/cabinet/v1/cabinets", {**CABINET_BODY, "inn": LOTOS})
    assert (response.status_code, response.json()["code"]) == (409, "cabinet_exists")


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
def test_a_cabinet_with_invalid_data_is_refused(sandbox: Sandbox, changes: dict[str, str]) -> None:
    response = sandbox.post("/cabinet/v1/cabinets", CABINET_BODY | changes)
    assert (response.status_code, response.json()["code"]) == (422, "cabinet_bad_data")


def test_an_organisation_can_have_the_habit_that_its_phone_is_taken(sandbox: Sandbox) -> None:
    assert (
        sandbox.post("/cabinet/v1/cabinets", {**CABINET_BODY, "inn": CABINET_EXISTS}).status_code
        == 409
    )


def test_apd_assigns_a_barcode_and_stores_the_bytes(sandbox: Sandbox) -> None:
    code = submit_document(sandbox).json()["code"]
    assert len(code) == 13
    assert ean.is_valid(code)
    document = sandbox.get(f"/archive/apd/v1/documents/{code}").json()
    assert (document["file_name"], document["size"], document["kind"]) == (
        "Договор.pdf",
        len(ARCHIVE_FILE),
        "document",
    )
    assert sandbox.get(f"/archive/apd/v1/documents/{code}/content").content == ARCHIVE_FILE


def test_rio_assigns_an_id(sandbox: Sandbox) -> None:
    code = submit_document(sandbox, "rio").json()["code"]
    assert code.startswith("RIO-")
    assert sandbox.get(f"/archive/rio/v1/documents/{code}").status_code == 200
    assert sandbox.get(f"/archive/apd/v1/documents/{code}").status_code == 404
    assert [entry["ref"] for entry in sandbox.journal("rio")] == [code]
    assert sandbox.journal("apd") == []


def test_a_package_refers_to_its_document(sandbox: Sandbox) -> None:
    code = submit_document(sandbox).json()["code"]
    package = submit_document(
        sandbox, content=b"PK\x03\x04...", kind="package", document_code=code
    ).json()
    document = sandbox.get(f"/archive/apd/v1/documents/{package['code']}").json()
    assert document["document_code"] == code


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
def test_an_archive_refuses_invalid_documents(sandbox: Sandbox, changes: dict[str, Any]) -> None:
    response = submit_document(sandbox, **changes)
    assert (response.status_code, response.json()["code"]) == (422, "archive_rejected")
    assert sandbox.journal("apd") == []


def test_messages_are_delivered(sandbox: Sandbox) -> None:
    sms = {"id": "m1", "to": "+79123456789", "text": "Код: 123456", "reference": "1"}
    mail = {"id": "m2", "to": "a@b.example", "subject": "Договор", "text": "Здравствуйте"}
    assert sandbox.post("/messages/v1/sms", sms).status_code == 201
    assert sandbox.post("/messages/v1/email", mail).status_code == 201
    [document] = sandbox.messages("+79123456789")
    assert (document["channel"], document["text"]) == ("sms", "Код: 123456")
    assert [message["channel"] for message in sandbox.messages()] == ["sms", "email"]


def test_the_page_of_messages_shows_codes(sandbox: Sandbox) -> None:
    for text in ("Код: 123456", "123456 – код подписи: договор № 7712, ПАО. Не сообщайте его."):
        sandbox.post("/messages/v1/sms", {"id": "m1", "to": "+79123456789", "text": text})
    assert sandbox.http.get("/sms/").text.count("<code>123456</code>") == 2


@pytest.mark.parametrize(
    ("channel", "to"),
    [("sms", "89123456789"), ("sms", "+791234567890"), ("email", "nobody"), ("email", "a@b@c")],
)
def test_a_malformed_address_is_refused(sandbox: Sandbox, channel: str, to: str) -> None:
    body = {"id": "m1", "to": to, "subject": "s", "text": "t", "reference": "1"}
    response = sandbox.post(f"/messages/v1/{channel}", body)
    assert (response.status_code, response.json()["code"]) == (422, "bad_address")


def test_openssl_accepts_the_signature_for_the_signed_bytes_only(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    content, signature = tmp_path / "content", tmp_path / "signature"
    content.write_bytes(ARCHIVE_FILE)
    signature.write_bytes(sandbox.signature("signer-ivanova", ARCHIVE_FILE))
    verify = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(signature)]
    verify += ["-content", str(content), "-CAfile", str(sandbox.trust_roots), "-out", "/dev/null"]
    env = openssl_environment()
    assert subprocess.run(verify, env=env, capture_output=True).returncode == 0
    content.write_bytes(ARCHIVE_FILE + b" ")
    assert subprocess.run(verify, env=env, capture_output=True).returncode != 0


def test_the_revocation_list_contains_the_revoked_certificate(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    keys = {key["key_ref"]: key for key in sandbox.get("/signing/v1/keys").json()["keys"]}
    prefix = "gost-" if os.environ["SANDBOX_SIGNATURES"] == "gost" else ""
    env = openssl_environment()
    (tmp_path / "crl.der").write_bytes(sandbox.http.get(f"/ca/{prefix}crl.der").content)
    pem = ["openssl", "crl", "-inform", "DER", "-in", str(tmp_path / "crl.der")]
    crl = subprocess.run(pem, env=env, capture_output=True, check=True).stdout
    (tmp_path / "crl.pem").write_bytes(crl)
    (tmp_path / "issuing.pem").write_bytes(sandbox.http.get(f"/ca/{prefix}issuing.pem").content)
    errors = {}
    for name in ("signer-ivanova", "signer-volkova", "signer-egorov"):
        (tmp_path / "one.pem").write_text(keys[name]["certificate"])
        check = ["openssl", "verify", "-crl_check", "-CAfile", str(sandbox.trust_roots)]
        check += ["-untrusted", str(tmp_path / "issuing.pem")]
        check += ["-CRLfile", str(tmp_path / "crl.pem"), str(tmp_path / "one.pem")]
        errors[name] = subprocess.run(check, env=env, capture_output=True, text=True).stderr
    assert errors["signer-ivanova"] == ""
    assert "revoked" in errors["signer-volkova"]
    assert "expired" in errors["signer-egorov"]


@pytest.mark.parametrize(
    ("key_ref", "status", "code"),
    [
        ("nobody", 404, "unknown_key"),
        ("signer-yakovlev", 409, "key_blocked"),
        ("edo-operator", 404, "unknown_key"),
    ],
)
def test_unknown_and_blocked_keys_do_not_sign(
    sandbox: Sandbox, key_ref: str, status: int, code: str
) -> None:
    body = {"key_ref": key_ref, "content": base64.b64encode(ARCHIVE_FILE).decode()}
    response = sandbox.post("/signing/v1/signatures", body)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_signing_time_can_be_in_the_past_but_not_in_the_future(sandbox: Sandbox) -> None:
    now = sandbox.state()["now"]
    body = {"key_ref": "head", "content": "", "signed_at": f"{int(now[:4]) - 1}{now[4:]}"}
    assert sandbox.post("/signing/v1/signatures", body).json()["signed_at"] == body["signed_at"]
    body["signed_at"] = f"{int(now[:4]) + 1}{now[4:]}"
    assert sandbox.post("/signing/v1/signatures", body).status_code == 400


def test_a_client_signature_can_be_created_for_a_demo_history(sandbox: Sandbox) -> None:
    content = base64.b64encode(ARCHIVE_FILE).decode()
    response = sandbox.control("client-signatures", inn=ROMASHKA, content=content)
    assert "BEGIN CERTIFICATE" in response["certificate"]
    assert base64.b64decode(response["signature"])[0] == 0x30

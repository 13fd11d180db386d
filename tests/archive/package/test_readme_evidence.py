"""The commands of ПРОЧТИ.txt, run as they are: no network, and ten years after the signing.

The package is dated ten years back, so for openssl the clock is ten years ahead of it.
"""

import os
import re
import shlex
import subprocess
import zipfile
from functools import cache
from pathlib import Path

import pytest

from tests.support.documents.evidence import THEN, build_stamped_package, build_world
from tests.support.signing.openssl import has_gost_engine
from tests.support.signing.pki import DAY

# Where the engine is no package (Debian 13), its tests are not collected.
KINDS = ["ecdsa", *(["gost"] if has_gost_engine() else [])]
COMMAND = re.compile(r"^\s*((?:openssl|xmllint|sha256sum|export) .*)$", re.MULTILINE)
ANSWERS = {
    "openssl cms -verify": "CMS Verification successful",
    "openssl verify": ".pem: OK",
    "openssl ts -verify": "Verification: OK",
    "openssl ocsp": "Response verify OK",
    "openssl ts -reply": "Time stamp:",
    "sha256sum": ": OK",
}


@pytest.fixture(scope="module", params=KINDS)
def unpacked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    package = build_stamped_package(folder / "package", build_world(request.param))
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


@cache
def get_offline_command() -> tuple[str, ...]:
    """What cuts a process off the network, where the system lets us; "" otherwise."""
    command = ("unshare", "--map-root-user", "--net")
    try:
        is_allowed = subprocess.run([*command, "true"], capture_output=True).returncode == 0
    except OSError:
        return ()
    return command if is_allowed else ()


def run_commands(folder: Path) -> list[tuple[str, subprocess.CompletedProcess[str]]]:
    """Runs every command of ПРОЧТИ.txt in ``folder``, up to the first that fails."""
    readme = (folder / "ПРОЧТИ.txt").read_text("utf-8-sig")
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    results = []
    for line in COMMAND.findall(readme):
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            environment[name] = value.strip('"')
            continue
        command = [*get_offline_command(), *shlex.split(line)]
        result = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        results.append((line, result))
        if result.returncode:
            break
    return results


def test_every_command_succeeds_after_the_certificates_have_ended(unpacked: Path) -> None:
    results = run_commands(unpacked)
    for line, result in results:
        output = result.stdout + result.stderr
        assert result.returncode == 0, (line, output)
        for beginning, answer in ANSWERS.items():
            if line.startswith(beginning):
                assert answer in output, (line, output)
    used = {name for name in ANSWERS for line, _ in results if line.startswith(name)}
    is_gost = "gost" in str(unpacked.parent.name)
    assert used == ANSWERS.keys() - ({"openssl ocsp"} if is_gost else set())


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("Договор.pdf", "openssl cms"),
        ("Договор (подпись отправителя).p7s", "openssl ts"),
        ("evidence/stamps/001/list.sha256", "openssl ts"),
        ("manifest.json", "openssl cms"),
    ],
)
def test_a_changed_file_is_noticed(unpacked: Path, name: str, beginning: str) -> None:
    path = unpacked / name
    content = path.read_bytes()
    # Near the end, where a signature has its value and a list its last line.
    path.write_bytes(content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])
    try:
        line, result = run_commands(unpacked)[-1]
    finally:
        path.write_bytes(content)
    assert result.returncode != 0
    assert line.startswith((beginning, "sha256sum", "openssl cms"))


def test_a_certificate_that_was_revoked_before_is_noticed(tmp_path: Path) -> None:
    world = build_world("ecdsa")
    package = build_stamped_package(tmp_path / "package", world)
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path)
    crl = world.build_list({world.recipient.certificate: THEN - DAY})
    (tmp_path / "evidence/Список отозванных.crl").write_bytes(crl)
    line, result = run_commands(tmp_path)[-1]
    assert line.startswith("openssl verify -crl_check")
    assert "certificate revoked" in result.stderr

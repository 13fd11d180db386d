"""A package made by the product itself, verified without the product."""

import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from archive.files import storage
from archive.models import Package
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import run_until
from tests.support.paths import ROOT
from tests.support.sandbox import Sandbox
from tests.support.signing.openssl import openssl_environment


@pytest.fixture
def package_file(manager: User, set_up: Sandbox, tmp_path: Path) -> tuple[Package, Path]:
    """The package of a finished task, and its download with the first time-stamp."""
    cache.clear()
    task: SigningTask = run_until(world.create_task(manager), Status.COMPLETED, set_up)
    assert task.package
    path = tmp_path / task.package.file_name
    path.write_bytes(storage.read_file(task.package.download_file))
    return task.package, path


def test_it_is_valid_for_our_command_openssl_and_the_page(
    package_file: tuple[Package, Path], sandbox: Sandbox, client: Client, tmp_path: Path
) -> None:
    package, path = package_file
    assert_valid_by_command(path, sandbox)
    assert_valid_by_openssl(path, tmp_path)
    page = client.get(f"/verify/{package.code}/").content.decode()
    assert "Все подписи действительны, файлы не изменены." in page
    assert "Штамп времени 1" in page
    with path.open("rb") as file:
        page = client.post("/verify/", {"package": file}).content.decode()
    assert "Этот пакет хранится в E-Contract" in page


def assert_valid_by_command(path: Path, sandbox: Sandbox) -> None:
    """Runs our command in a process without settings and database."""
    process = subprocess.run(
        [sys.executable, "-m", "econtract.verify", path, "--roots", sandbox.trust_roots],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr


def assert_valid_by_openssl(path: Path, folder: Path) -> None:
    """Runs the commands of ПРОЧТИ.txt, and xmllint with the official schema if MCHD_XSD is set."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    readme = (folder / "ПРОЧТИ.txt").read_text("utf-8-sig")
    for line in re.findall(r"^(?:openssl|xmllint|sha256sum) .*$", readme, re.MULTILINE):
        env = openssl_environment()
        subprocess.run(shlex.split(line), cwd=folder, env=env, capture_output=True, check=True)
    schema = os.environ.get("MCHD_XSD")
    [power] = folder.glob("ON_EMCHD_*.xml")
    if schema:
        subprocess.run(
            ["xmllint", "--noout", "--schema", schema, power], capture_output=True, check=True
        )

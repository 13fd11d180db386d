"""A wrong or absent setting stops every process of the product with one sentence."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import certifi
import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from econtract.platform.common import env
from econtract.platform.installation.checks import installation_problems
from econtract.platform.installation.settings_checks import REQUIRED_SYSTEMS, check_static_files
from tests.support.paths import ROOT

NO_ADDRESS = {"url": "", "token": ""}
REAL = {"url": "https://cdi.example", "token": "sandbox"}


@pytest.fixture
def installation(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with which the product starts: the sandbox, and a file of trusted roots."""
    monkeypatch.delenv("CDI_TOKEN", raising=False)
    roots = tmp_path / "roots.pem"
    certificate, end, _ = Path(certifi.where()).read_text().partition("-----END CERTIFICATE-----")
    roots.write_text(certificate + end)
    settings.SANDBOX_URL = "http://127.0.0.1:8001"
    settings.OUTSIDE = {
        name: {"url": f"{settings.SANDBOX_URL}/{name}", "token": "sandbox"}
        for name in settings.OUTSIDE
    }
    settings.EDO_TRUST_ROOTS = str(roots)
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path
    return settings


def test_a_complete_installation_has_no_problems(installation: Settings) -> None:
    assert installation_problems() == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("EDO_TRUST_ROOTS", "/nowhere/roots.pem", "Set EDO_TRUST_ROOTS to a PEM file"),
        ("EDO_TRUST_ROOTS", __file__, "Set EDO_TRUST_ROOTS to a PEM file"),
        ("SEAL_TRUST_ROOTS", "/nowhere/seal.pem", "Set SEAL_TRUST_ROOTS to a PEM file"),
        ("PUBLIC_URL", "econtract.example", "Set PUBLIC_URL to an address"),
        ("PUBLIC_URL", "https://econtract.example", "Add econtract.example to ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", [], "Add 127.0.0.1 to ALLOWED_HOSTS"),
        ("DATAPORT_URL", "dataport", "Set DATAPORT_URL to an address"),
        ("DATA_DIR", Path(__file__), "Set ECONTRACT_DATA_DIR to a folder"),
        ("MEDIA_ROOT", Path(__file__, "files"), "Set FILES_DIR to a folder"),
        ("EMAIL_BACKEND", "smtp", "Set EMAIL_BACKEND to a mail back end"),
        ("EDO_LOGIN_URL", "https://login.example", "Set EDO_CLIENT_ID and EDO_CLIENT_SECRET"),
        ("CONVERTER", "word", "Set CONVERTER to one of"),
        ("SIGNING_PROVIDER", "paper", "Set SIGNING_PROVIDER to one of"),
        ("CLAMD_ADDRESS", "clamav", "Set CLAMD_ADDRESS to"),
        ("SMS_TASK_TYPES", ["selfemployed"], "Set SMS_TASK_TYPES to some of legal, self_employed"),
    ],
)
def test_a_wrong_setting_is_named(
    installation: Settings, name: str, value: Any, sentence: str
) -> None:
    setattr(installation, name, value)
    [problem] = installation_problems()
    assert problem.startswith(sentence)


@pytest.mark.parametrize(
    ("system", "values", "sentence"),
    [
        ("cdi", NO_ADDRESS, "Set CDI_URL: the addresses of outside systems."),
        ("cdi", REAL, "Set CDI_TOKEN: CDI_URL is a real system's."),
        ("tsp", {"url": "tsp.example", "token": ""}, "Set TSP_URL to an address"),
        ("signing", NO_ADDRESS, "Set SIGNING_URL"),
    ],
)
def test_an_outside_system_without_address_or_token_is_named(
    installation: Settings, system: str, values: dict[str, str], sentence: str
) -> None:
    installation.OUTSIDE = {**installation.OUTSIDE, system: values}
    [problem] = installation_problems()
    assert problem.startswith(sentence)


def test_an_installation_without_any_address_is_told_once(installation: Settings) -> None:
    installation.OUTSIDE = dict.fromkeys(installation.OUTSIDE, NO_ADDRESS)
    problem = installation_problems()[0]
    assert all(f"{name.upper()}_URL" in problem for name in REQUIRED_SYSTEMS)
    assert "SANDBOX_URL" in problem


def test_a_web_server_needs_static_files(settings: Settings, tmp_path: Path) -> None:
    settings.WHITENOISE_USE_FINDERS, settings.STATIC_ROOT = False, tmp_path
    assert "collectstatic" in check_static_files()[0]
    (tmp_path / "staticfiles.json").touch()
    assert check_static_files() == []


@pytest.mark.processes
@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import econtract.wsgi"],
        ["-m", "celery", "-A", "econtract.celery", "worker", "--pool", "solo"],
        ["-m", "celery", "-A", "econtract.celery", "beat"],
        ["manage.py", "set_up"],
    ],
    ids=["web", "worker", "beat", "set-up"],
)
def test_no_process_starts_with_a_missing_trust_file(tmp_path: Path, command: list[str]) -> None:
    result = start(command, EDO_TRUST_ROOTS="/nowhere", ECONTRACT_DATA_DIR=str(tmp_path))
    assert result.returncode in {1, 4}
    assert "Set EDO_TRUST_ROOTS to a PEM file" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.processes
@pytest.mark.parametrize(
    "command",
    [["manage.py", "migrate"], ["-m", "celery", "-A", "econtract.celery", "worker"]],
    ids=["manage", "celery"],
)
def test_an_unreadable_setting_stops_a_process_before_its_checks(command: list[str]) -> None:
    result = start(command, SECRET_KEY="")
    assert result.returncode == 4
    assert result.stderr.strip() == "Set the environment variable SECRET_KEY."


def start(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Start a process with the sandbox's address and these variables; it must end by itself."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", *command],
        cwd=ROOT,
        env={**os.environ, "SANDBOX_URL": "http://127.0.0.1:9", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        (lambda: env.number("X", 5), "many", "Set X to a whole number, not to 'many'."),
        (lambda: env.number("X", 5, at_least=1), "0", "Set X to 1 or more, not to 0."),
        (lambda: env.number("X", 5, at_most=23), "24", "Set X to 23 or less, not to 24."),
        (lambda: env.seconds("X", 2), "-1", "Set X to a number of seconds, not to '-1'."),
        (lambda: env.numbers("X", "1,3"), "1;3", "Set X to numbers like 1,3, not to '1;3'."),
        (lambda: env.choice("X", "a", ["a", "b"]), "c", "Set X to one of a, b, not to 'c'."),
        (
            lambda: env.address("X", "", ["redis"]),
            "http://me:secret@host",
            "Set X to an address that begins with redis.",
        ),
        (lambda: env.text("X"), "", "Set the environment variable X."),
    ],
)
def test_a_malformed_variable_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, read: Any, value: str, sentence: str
) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read()
    assert str(refusal.value) == sentence

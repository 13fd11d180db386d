"""The files of a production installation agree with the code and the scripts."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import certifi
import pytest
import yaml

from tests.support.paths import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(
    name for name, service in SERVICES.items() if service["image"].startswith("econtract")
)
LONG_RUNNING = sorted(set(SERVICES) - {"setup"})
PRODUCTION = {
    "SECRET_KEY": "x" * 50,
    "PUBLIC_URL": "https://econtract.example",
    "ALLOWED_HOSTS": "econtract.example",
    "DATABASE_URL": "postgres://econtract@nowhere/econtract",
    "BROKER_URL": "redis://nowhere:6379/0",
    "SANDBOX_URL": "http://sandbox.example",
    "EDO_TRUST_ROOTS": certifi.where(),
    "STATIC_FROM_SOURCES": "yes",
}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with this Python in the project's root."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_write_only_to_their_volumes(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service  # the image's user, who is not root


def test_the_image_does_not_run_as_root() -> None:
    users = re.findall(r"^USER (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users == ["econtract"]


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_every_long_running_service_has_a_health_check_and_restarts(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"]


def test_ports_are_open_on_the_loopback_address_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith(("127.0.0.1:", "${WEB_ADDRESS:-127.0.0.1:")) for port in ports)


def test_the_sandbox_starts_on_request_only() -> None:
    assert SERVICES["sandbox"]["profiles"] == ["sandbox"]
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["sandbox"]


def test_only_the_image_of_the_sandbox_is_built_with_it() -> None:
    builds = {name: SERVICES[name]["build"] for name in OURS}
    assert builds.pop("sandbox")["args"] == {"WITH_SANDBOX": "yes"}
    assert set(builds.values()) == {"."}
    assert {SERVICES[name]["image"] for name in builds} == {"econtract:latest"}
    assert SERVICES["sandbox"]["image"] != "econtract:latest"


@pytest.mark.parametrize(("argument", "contains"), [("", False), ("WITH_SANDBOX=yes", True)])
def test_the_sandbox_is_in_the_image_on_request_only(
    tmp_path: Path, argument: str, contains: bool
) -> None:
    stage = (ROOT / "Dockerfile").read_text().partition(" AS sources\n")[2].partition("\nFROM ")[0]
    [default] = re.findall(r"^ARG (\S+)", stage, re.MULTILINE)
    [command] = re.findall(r"^RUN (.+)", stage, re.MULTILINE)
    sandbox = tmp_path / "econtract" / "sandbox"
    sandbox.mkdir(parents=True)
    environment = ["env", argument or default]
    subprocess.run([*environment, "sh", "-c", command], cwd=tmp_path, check=True)
    assert sandbox.exists() is contains
    assert sandbox.parent.exists()


def test_one_scheduler_runs() -> None:
    beats = [name for name, service in SERVICES.items() if " beat" in str(service.get("command"))]
    assert beats == ["beat"]
    assert not any(
        re.search(r"worker.* -B", str(service.get("command"))) for service in SERVICES.values()
    )


def test_the_example_environment_has_all_variables_that_compose_requires() -> None:
    required = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    variables = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert required | {"SECRET_KEY", "PUBLIC_URL", "ALLOWED_HOSTS"} <= variables


def test_every_variable_that_the_settings_read_is_documented() -> None:
    modules = sorted((ROOT / "econtract").glob("settings*.py"))
    settings = "".join(module.read_text() for module in modules)
    names = set(re.findall(r"""env\.\w+\(\s*"(\w+)\"""", settings))
    systems = set(re.findall(r"""_system\("(\w+)\"""", settings))
    documented = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "deploy.md").read_text()))
    assert len(names) > 30
    assert len(systems) > 5
    assert names - {"TEST_SQLITE"} <= documented
    assert systems <= {name.removesuffix("_URL") for name in documented}


def test_the_image_has_the_system_packages_of_the_set_up() -> None:
    setup = (ROOT / "scripts" / "lib" / "setup.sh").read_text()
    groups = re.findall(r"^PACKAGES_\w+=\((.*?)\)", setup, re.MULTILINE | re.DOTALL)
    names = {name for group in groups for name in group.split()}
    assert len(names) > 5
    assert names <= set((ROOT / "Dockerfile").read_text().split())


def test_gunicorn_accepts_the_web_command() -> None:
    command = SERVICES["web"]["command"].split()
    result = run("-m", "gunicorn", "--check-config", *command[1:], **PRODUCTION)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_celery_accepts_the_worker_and_beat_commands(name: str) -> None:
    command = SERVICES[name]["command"].split()
    result = run("-m", "celery", *command[1:], "--help", **PRODUCTION)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(("age_seconds", "code"), [(10, 0), (3600, 1)])
def test_a_scheduler_with_an_old_schedule_file_is_unhealthy(
    tmp_path: Path, age_seconds: int, code: int
) -> None:
    schedule = tmp_path / "beat-schedule"
    schedule.touch()
    modified_at = time.time() - age_seconds
    os.utime(schedule, (modified_at, modified_at))
    result = run("deploy/health.py", "beat", ECONTRACT_DATA_DIR=str(tmp_path))
    assert result.returncode == code, result.stderr


def test_a_web_server_that_does_not_respond_is_unhealthy() -> None:
    result = run("deploy/health.py", "web", PORT="1", ALLOWED_HOSTS="econtract.example")
    assert result.returncode == 1

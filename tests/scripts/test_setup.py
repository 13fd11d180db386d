"""`scripts/lib`: an interrupted set-up is finished by starting again. apt and uv are stand-ins.

`scripts/start-check` does the same with the real ones.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

KILLED = -9
# A Python that creates «virtual environments» with itself inside. KILL_AT names the step
# in the middle of which the calling script is killed.
PYTHON = """#!/bin/sh
echo "$*" >>"$CALLS"
HERE=$(dirname "$0")
step() { [ "${KILL_AT:-}" != "$1" ] || kill -9 "$PPID" "$$"; }
case "$*" in
  "-m venv "*)
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && touch "$3/pyvenv.cfg"
    step venv ;;
  "-m pip install "*) touch "$HERE/uv-half" && step pip; mv "$HERE/uv-half" "$HERE/uv" ;;
  "-m uv "*)
    flock -n "$HERE/../.lock" true || exit 1 # the real uv takes this lock, and waits for it
    touch "$HERE/django-half" && step uv; mv "$HERE/django-half" "$HERE/django" ;;
esac
"""
# The states of packages are files in $PACKAGES. While one is not configured, apt refuses to work.
APT_GET = """#!/bin/sh
echo "apt-get $*" >>"$CALLS"
case "$*" in
  *" update") ! rm "$CALLS.lock" 2>/dev/null || { echo "E: Could not get lock"; exit 100; } ;;
  *" install "*)
    case "$*" in *--reinstall*) ;; *)
      ! grep -lqsE 'unpacked|broken' "$PACKAGES"/* || exit 100 ;;
    esac
    for argument; do
      case $argument in -* | install | *=*) continue ;; esac
      echo "${LEAVES:-unpacked}" >"$PACKAGES/$argument"
      [ "${KILL_AT:-}" != apt ] || kill -9 "$SCRIPT" "$$"
      echo installed >"$PACKAGES/$argument"
    done ;;
esac
"""
DPKG = """#!/bin/sh
echo "dpkg $*" >>"$CALLS"
case "$*" in
  --audit) grep -lsE 'unpacked|broken' "$PACKAGES"/* ;;
  *"--configure -a") sed -i 's/unpacked/installed/' "$PACKAGES"/* ;;
esac
"""
DPKG_QUERY = """#!/bin/sh
if [ -n "$3" ]; then
  cat "$PACKAGES/$3" 2>/dev/null
else
  for file in $(grep -ls broken "$PACKAGES"/*); do echo "reinstreq ${file##*/}"; done
fi
"""
SUDO = """#!/bin/sh
[ "$1" != -n ] || shift
exec "$@"
"""


class Machine:
    """A machine with stand-ins for Python and apt, on which a piece of the scripts runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.venv, self.packages = folder / "venv", folder / "packages"
        self.temporary = folder / "tmp"
        for made in (folder / "bin", self.packages, self.temporary):
            made.mkdir()
        self.calls_file = folder / "calls"
        self.add("python3", PYTHON)
        self.add("apt-get", APT_GET)
        self.add("dpkg", DPKG)
        self.add("dpkg-query", DPKG_QUERY)
        self.add("sudo", SUDO)

    def add(self, name: str, text: str) -> None:
        program = self.folder / "bin" / name
        program.write_text(text)
        program.chmod(0o755)

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the lines after `setup.sh`; `calls` then has what they have called."""
        self.calls_file.write_text("")
        head = "set -euo pipefail; . scripts/lib/setup.sh; export SCRIPT=$$; sleep() { :; }; "
        return subprocess.run(
            ["bash", "-c", head + script],
            cwd=ROOT,
            env={
                "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                "CALLS": str(self.calls_file),
                "PACKAGES": str(self.packages),
                "TMPDIR": str(self.temporary),
                "ECONTRACT_VENV": str(self.venv),
                "PYTHON": "python3",
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        return self.calls_file.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("step", ["venv", "pip", "uv"])
def test_a_virtual_environment_that_was_left_half_made_is_made_anew(
    machine: Machine, step: str
) -> None:
    assert machine.run("need_venv requirements.txt", KILL_AT=step).returncode == KILLED
    assert not (machine.venv / "bin/django").exists()

    second = machine.run("need_venv requirements.txt")
    assert second.returncode == 0, second.stderr
    assert f"-m venv {machine.venv}" in machine.calls
    names = {path.name for path in (machine.venv / "bin").iterdir()}
    assert names == {"python", "uv", "django"}

    assert machine.run("need_venv requirements.txt").returncode == 0
    assert machine.calls == ["-c "], "a warm start installs nothing"


def test_an_update_of_the_requirements_that_was_interrupted_begins_anew(machine: Machine) -> None:
    machine.run("need_venv requirements.txt")
    assert machine.run("need_venv requirements-test.txt", KILL_AT="uv").returncode == KILLED
    machine.run("need_venv requirements.txt")
    assert f"-m venv {machine.venv}" in machine.calls


def test_a_folder_that_is_no_virtual_environment_is_left_alone(machine: Machine) -> None:
    machine.venv.mkdir()
    (machine.venv / "thesis.odt").touch()
    result = machine.run("need_venv requirements.txt")
    assert result.returncode == 1
    assert "Set ECONTRACT_VENV to another folder." in result.stderr
    assert (machine.venv / "thesis.odt").exists()


@pytest.mark.parametrize("state", ["unpacked", "broken"])
def test_interrupted_packages_are_finished_before_others_are_installed(
    machine: Machine, state: str
) -> None:
    killed = machine.run("need_packages one two", KILL_AT="apt", LEAVES=state)
    assert killed.returncode == KILLED
    result = machine.run("need_packages one two")
    assert result.returncode == 0, result.stderr
    assert "Finishing an interrupted installation" in result.stderr
    states = {path.name: path.read_text().strip() for path in machine.packages.iterdir()}
    assert states == {"one": "installed", "two": "installed"}
    machine.run("need_packages one two")
    assert machine.calls == []


def test_the_lock_of_another_apt_is_waited_for(machine: Machine) -> None:
    machine.calls_file.with_name("calls.lock").touch()
    assert machine.run("need_packages one").returncode == 0
    assert sum("update" in call for call in machine.calls) == 2


def test_python_is_completed_when_its_packages_were_interrupted(machine: Machine) -> None:
    assert machine.run("python_packages").stdout == ""
    (machine.packages / "python3-venv").write_text("unpacked")
    assert machine.run("python_packages").stdout.split() == ["python3", "python3-venv"]


NOGUI = ["libreoffice-writer-nogui", "libreoffice-calc-nogui", "libreoffice-math-nogui"]


@pytest.mark.parametrize(
    ("states", "packages"),
    [
        ({"libreoffice-common": "unpacked"}, NOGUI),
        ({"libreoffice-common": "installed", "libreoffice-core-nogui": "half-configured"}, NOGUI),
        ({"libreoffice-common": "installed", "libreoffice-core": "config-files"}, NOGUI),
        ({}, []),
        (
            {"libreoffice-common": "installed", "libreoffice-core": "installed"},
            [name.removesuffix("-nogui") for name in NOGUI],
        ),
    ],
    ids=["command only", "half configured", "desktop removed", "not by apt", "desktop"],
)
def test_a_half_installed_libreoffice_is_completed(
    machine: Machine, states: dict[str, str], packages: list[str]
) -> None:
    machine.add("soffice", "#!/bin/sh\n")
    for name, state in states.items():
        (machine.packages / name).write_text(state)
    assert machine.run("office_packages").stdout.split() == packages


def test_folders_of_killed_scripts_are_deleted_by_the_next_one(machine: Machine) -> None:
    killed = Path(machine.run("temporary_folder run; kill -9 $$").stdout.strip())
    # In a container every start has the id 1.
    earlier_start = machine.temporary / "econtract-run.aaaaaa.1.0"
    earlier_start.mkdir()
    assert killed.is_dir()
    folders = machine.run("temporary_folder run; temporary_folder run; kill -9 $$").stdout.split()
    assert sorted(map(str, machine.temporary.glob("econtract-run.*"))) == sorted(folders)
    assert len(folders) == 2


ENVIRONMENT = '. scripts/lib/environment.sh; echo "$ALLOWED_HOSTS" $SANDBOX_URL $SANDBOX_PORT'


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "http"}, "Set PORT to a port"),
        ({"PORT": "65536"}, "Set PORT to a port"),
        ({"PORT": "65535"}, "Set SANDBOX_PORT to a port"),
        ({"SANDBOX_PORT": "8000"}, "Set SANDBOX_PORT to another port than PORT"),
        ({"HOST": "no.such.host.invalid"}, "Set HOST to a name or an IPv4 address"),
        ({"HOST": "192.0.2.250"}, "HOST=192.0.2.250 is not an address of this machine"),
    ],
)
def test_a_wrong_host_or_port_is_refused_before_anything_is_installed(
    machine: Machine, variables: dict[str, str], sentence: str
) -> None:
    result = machine.run(ENVIRONMENT, **variables)
    assert result.returncode == 1
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1


def test_every_name_of_the_machine_is_answered_when_it_listens_on_all_addresses(
    machine: Machine,
) -> None:
    result = machine.run(ENVIRONMENT, HOST="0.0.0.0")  # noqa: S104
    assert result.stdout.split() == ["*", "http://127.0.0.1:8001", "8001"], result.stderr


def test_a_port_in_use_is_said_to_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        probe = [sys.executable, "scripts/lib/probe.py", "free"]
        used = subprocess.run(
            [*probe, "127.0.0.1", str(port)], cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert (used.returncode, used.stdout) == (1, "is in use. Stop what uses it.")

"""`scripts/sizes`: what it counts, and what it calls too large."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "sizes"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the script and one small module."""
    for folder in ("scripts", "tasks"):
        (tmp_path / folder).mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts" / "sizes")
    write(tmp_path / "tasks" / "models.py", lines=10)
    return tmp_path


def write(path: Path, *, lines: int) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("def locked():\n    pass\n" + "\n" * (lines - 2))


def check(project: Path, *options: str) -> tuple[int, str]:
    """Exit code and output of `scripts/sizes --check`."""
    command = [str(project / "scripts" / "sizes"), "--check", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_small_project_is_within_the_limits(project: Path) -> None:
    code, output = check(project)
    assert code == 0, output
    assert "within its limit" in output
    assert "participle: product 1" in output


def test_a_module_over_300_lines_fails(project: Path) -> None:
    write(project / "tasks" / "views.py", lines=300)
    assert check(project)[0] == 0
    write(project / "tasks" / "views.py", lines=301)
    code, output = check(project)
    assert code == 1
    assert "tasks/views.py: 301 lines" in output


def test_a_folder_over_25_files_fails(project: Path) -> None:
    for number in range(24):
        write(project / "tasks" / f"module_{number}.py", lines=2)
    assert check(project)[0] == 0
    (project / "tasks" / "statuses.csv").touch()
    code, output = check(project)
    assert code == 1
    assert "tasks/: 26 files" in output


@pytest.mark.parametrize("folder", ["tasks/migrations", "tasks/__pycache__"])
def test_generated_modules_do_not_count(project: Path, folder: str) -> None:
    write(project / folder / "0001_initial.py", lines=1000)
    assert check(project)[0] == 0


def test_another_commit_can_be_measured(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)  # in a git hook they name another repository
    git = ["git", "-C", str(project), "-c", "user.name=x", "-c", "user.email=x@example.com"]
    write(project / "tasks" / "views.py", lines=301)
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Add a large module"]):
        subprocess.run([*git, *command], check=True)
    (project / "tasks" / "views.py").unlink()
    assert check(project)[0] == 0
    assert check(project, "--rev", "HEAD")[0] == 1

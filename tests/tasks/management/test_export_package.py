"""The command `export_package`."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from archive.files import storage
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.factories import PackageFactory, SigningTaskFactory

pytestmark = pytest.mark.django_db

CONTENT = b"PK a package"


@pytest.fixture
def completed_task() -> SigningTask:
    file = storage.store_bytes(CONTENT, "application/zip")
    task: SigningTask = SigningTaskFactory(
        status=Status.COMPLETED, package=PackageFactory(file=file)
    )
    return task


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out.zip"


def export(number: int, target: Path, *options: str) -> None:
    call_command("export_package", str(number), str(target), *options, verbosity=0)


def test_the_package_is_written_as_it_is_stored(
    completed_task: SigningTask, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(completed_task.number, target)
    assert target.read_bytes() == CONTENT
    assert completed_task.package is not None
    assert completed_task.package.file.sha256 in capsys.readouterr().out


def test_an_unknown_task_is_reported(target: Path) -> None:
    with pytest.raises(CommandError, match=r"^Задания 4711 нет\.$"):
        export(4711, target)
    assert not target.exists()


@pytest.mark.parametrize("status", [Status.DOCUMENT_SIGNING, Status.DOCUMENT_SIGNED])
def test_an_unfinished_task_has_no_package_yet(status: Status, target: Path) -> None:
    task = SigningTaskFactory(status=status, package=PackageFactory())
    with pytest.raises(CommandError, match=f"«{status.label}»"):
        export(task.number, target)
    assert not target.exists()


def test_a_cancelled_task_has_no_package(target: Path) -> None:
    with pytest.raises(CommandError, match="пакета нет"):
        export(SigningTaskFactory(status=Status.CANCELLED).number, target)


def test_an_existing_file_is_replaced_only_with_force(
    completed_task: SigningTask, target: Path
) -> None:
    target.write_bytes(b"mine")
    with pytest.raises(CommandError, match="--force"):
        export(completed_task.number, target)
    assert target.read_bytes() == b"mine"
    export(completed_task.number, target, "--force")
    assert target.read_bytes() == CONTENT


def test_a_damaged_package_is_not_written(completed_task: SigningTask, target: Path) -> None:
    assert completed_task.package is not None
    path = Path(default_storage.path(completed_task.package.file.path))
    path.chmod(0o600)
    path.write_bytes(b"PK another one")
    with pytest.raises(CommandError, match="поврежден"):
        export(completed_task.number, target)
    assert not target.exists()


def test_a_missing_folder_is_reported(completed_task: SigningTask, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="не записан"):
        export(completed_task.number, tmp_path / "nowhere" / "out.zip")

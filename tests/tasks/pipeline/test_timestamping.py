"""Time-stamps over packages: what they cover, when they are renewed, and who hears of failures."""

import io
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction

from accounts.models import Role
from archive.files import storage
from archive.models import Package, PackageTimestamp, StoredFile
from archive.package import timestamps
from econtract.platform.common import clock
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox.models import OutboxJob
from tasks.notifications import timestamps as alarms
from tasks.pipeline.timestamping import enqueue_due_timestamps, enqueue_timestamp
from tests.support import world
from tests.support.documents.packages import build_sample_package
from tests.support.driver import run_everything
from tests.support.factories import UserFactory
from tests.support.sandbox import Sandbox
from tests.support.signing.pki import authority, write_trust

pytestmark = pytest.mark.django_db


@pytest.fixture
def package(sandbox: Sandbox, settings: LazySettings, tmp_path: Path) -> Package:
    """A stored package without stamps. The sandbox is the time-stamp service."""
    world.connect(settings, sandbox)
    settings.SEAL_TRUST_ROOTS = str(write_trust(tmp_path, authority()))
    sample = build_sample_package(tmp_path)
    content = sample.built.path.read_bytes()
    file = storage.store_bytes(content, "application/zip")
    return Package.objects.create(file=file, file_name="Договор.zip", code=sample.built.code)


def stamp(package: Package, number: int = 1) -> Package:
    with transaction.atomic():
        enqueue_timestamp(package, number)
    run_everything()
    return Package.objects.get(pk=package.pk)


def read_zip(file: StoredFile) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(storage.read_file(file)))


def unpack(package: Package, folder: Path) -> Path:
    """The download, unpacked."""
    read_zip(package.download_file).extractall(folder)
    return folder


def test_the_stored_package_stays_and_the_download_gets_the_stamp(
    package: Package, tmp_path: Path
) -> None:
    stored = storage.read_file(package.file)
    stamped = stamp(package)
    assert storage.read_file(stamped.file) == stored
    before, after = (read_zip(file).namelist() for file in (stamped.file, stamped.download_file))
    added = after[len(before) :]
    assert after[: len(before)] == before
    names = ["previous.pem", "list.sha256", "stamp.tst", "certificates.pem"]
    assert added == [timestamps.build_path(1, name) for name in names]


def test_openssl_accepts_the_chain_of_stamps(
    package: Package, sandbox: Sandbox, tmp_path: Path
) -> None:
    stamp(package)
    folder = unpack(stamp(package, 2), tmp_path / "unpacked")
    for number in ("001", "002"):
        path = f"evidence/stamps/{number}"
        run(folder, "sha256sum", "-c", f"{path}/list.sha256")
        arguments = ["-data", f"{path}/list.sha256", "-in", f"{path}/stamp.tst", "-token_in"]
        arguments += ["-CAfile", str(sandbox.trust_roots), "-untrusted", f"{path}/certificates.pem"]
        assert "Verification: OK" in run(folder, "openssl", "ts", "-verify", *arguments)
    listing = timestamps.parse_listing((folder / path / "list.sha256").read_bytes())
    first = [name for name in listing if name.startswith("evidence/stamps/001/")]
    assert len(first) == 4
    assert {"manifest.json", "manifest.json.sig", f"{path}/previous.pem"} <= set(listing)


def run(folder: Path, *command: str) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return result.stdout + result.stderr


def test_a_stamp_is_renewed_when_it_is_due_and_only_then(package: Package) -> None:
    assert enqueue_due_timestamps() == 1  # it has none
    assert enqueue_due_timestamps() == 0  # the job waits
    run_everything()
    assert enqueue_due_timestamps() == 0
    [row] = PackageTimestamp.objects.all()
    assert timedelta(days=364) < row.renew_at - row.stamped_at <= timedelta(days=365)
    PackageTimestamp.objects.update(renew_at=clock.now())
    assert enqueue_due_timestamps() == 1
    run_everything()
    assert [row.number for row in PackageTimestamp.objects.all()] == [1, 2]
    stamp(package, 2)  # a repeated job
    assert PackageTimestamp.objects.count() == 2


def test_administrators_hear_of_a_renewal_that_fails(package: Package, sandbox: Sandbox) -> None:
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    stamp(package)
    sandbox.fault("tsp", "error", times=None, status=503)
    PackageTimestamp.objects.update(renew_at=clock.now() - timedelta(days=1))
    enqueue_due_timestamps()
    run_everything()
    assert OutboxJob.objects.open().get().error_system == "tsp"
    alarms.notify_administrators()
    assert not Notification.objects.exists()
    PackageTimestamp.objects.update(renew_at=clock.now() - timedelta(days=4))
    alarms.notify_administrators()
    alarms.notify_administrators()
    [notification] = Notification.objects.filter(recipient=administrator)
    assert "пакетов 1" in notification.text


def test_without_a_service_nothing_is_stamped(package: Package, settings: LazySettings) -> None:
    settings.OUTSIDE = {**settings.OUTSIDE, "tsp": {"url": "", "token": ""}}
    assert enqueue_due_timestamps() == 0
    assert stamp(package).stamped_file is None

"""The files of a valid package, and an installation that trusts its signers."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from tests.support.documents.packages import SamplePackage, build_sample_package
from tests.support.documents.verification import Files, read_files
from tests.support.signing.pki import authority, write_trust


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SamplePackage:
    return build_sample_package(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def files(sample: SamplePackage) -> Files:
    """The files of a valid package."""
    return read_files(sample.built.path)


@pytest.fixture
def installation(settings: Any, tmp_path: Path) -> None:
    """Trusts the tests' certificate authority, and stores files in a separate folder."""
    settings.EDO_TRUST_ROOTS = str(write_trust(tmp_path, authority()))
    settings.SEAL_TRUST_ROOTS = ""
    settings.EDO_CRLS = []
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    cache.clear()

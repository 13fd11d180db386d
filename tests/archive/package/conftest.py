"""A sample package, built once for each test module."""

import zipfile
from pathlib import Path

import pytest

from tests.support.documents.packages import SamplePackage, build_sample_package


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SamplePackage:
    return build_sample_package(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def unpacked(sample: SamplePackage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the unpacked sample package."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(sample.built.path) as archive:
        archive.extractall(folder)
    return folder

"""The files of a valid package."""

import pytest

from tests.support.documents.packages import build_sample_package
from tests.support.documents.verification import Files, read_files


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a valid package."""
    folder = tmp_path_factory.mktemp("package")
    return read_files(build_sample_package(folder).built.path)

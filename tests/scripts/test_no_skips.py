"""In CI a skipped test fails the run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

SKIPPED_TEST = "import pytest\ndef test_it(): pytest.skip('no browser')\n"
SKIPPED_MODULE = "import pytest\npytest.importorskip('no_such_module_at_all')\n"
EXPECTED_FAILURE = "import pytest\n@pytest.mark.xfail\ndef test_it(): assert False\n"


@pytest.mark.parametrize(
    ("source", "plugins", "code"),
    [
        (SKIPPED_TEST, [], 0),
        (SKIPPED_TEST, ["-p", "tests.support.plugins.no_skips"], 1),
        (SKIPPED_MODULE, ["-p", "tests.support.plugins.no_skips"], 2),
        (EXPECTED_FAILURE, ["-p", "tests.support.plugins.no_skips"], 0),
    ],
)
def test_the_plugin_turns_skips_into_failures(
    tmp_path: Path, source: str, plugins: list[str], code: int
) -> None:
    (tmp_path / "test_sample.py").write_text(source)
    isolated = ["-p", "no:django", "-p", "no:cacheprovider", "-c", "/dev/null"]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *isolated, *plugins, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == code, result.stdout

"""The functions of the confined server."""

import subprocess
import sys

from archive.isolation.server import FUNCTIONS, load_function
from tests.support.paths import ROOT


def test_every_registered_function_can_be_loaded() -> None:
    assert all(callable(load_function(path)) for path in FUNCTIONS.values())


def test_the_server_imports_no_django() -> None:
    """Django would bring settings, secrets and database connections into the process."""
    code = (
        "import sys\n"
        "from archive.isolation.server import FUNCTIONS, load_function\n"
        "functions = [load_function(path) for path in FUNCTIONS.values()]\n"
        "print('django' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout == "False\n"

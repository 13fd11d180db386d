"""The system's openssl, with the engine for ГОСТ where it is installed.

The engine is a Debian and Ubuntu package (`libengine-gost-openssl`), which Debian 13 lacks.
"""

import functools
import os
import subprocess
import tempfile
from pathlib import Path

PACKAGE = "libengine-gost-openssl"
CONFIGURATION = """openssl_conf = defaults
[defaults]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
"""


@functools.cache
def has_gost_engine() -> bool:
    """Whether openssl can load the engine."""
    command = ["openssl", "dgst", "-md_gost12_256", os.devnull]
    try:
        return subprocess.run(command, env=_build(), capture_output=True).returncode == 0
    except OSError:
        return False


def openssl_environment() -> dict[str, str]:
    """The environment of a process that runs openssl; our own process must not load the engine."""
    return _build() if has_gost_engine() else dict(os.environ)


@functools.cache
def _write_configuration() -> Path:
    folder = Path(tempfile.gettempdir(), f"econtract-openssl-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "gost.cnf"
    path.write_text(CONFIGURATION)
    return path


def _build() -> dict[str, str]:
    return {**os.environ, "OPENSSL_CONF": str(_write_configuration())}

"""A pytest plugin: tests with other people's programs and files run where these are at hand.

The others are not collected, and the closing lines name what is missing. That is no skip: a system
may have no package of it.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.signing.openssl import PACKAGE, has_gost_engine

SAMPLES_VARIABLE = "GOST_SAMPLES"
BOUNCY_CASTLE = tuple(
    Path("/usr/share/java", f"{name}.jar") for name in ("bcprov", "bcpkix", "bcutil")
)
FOLDER = Path("tests", "edo", "signing", "interop")


@dataclass(frozen=True)
class Counterpart:
    """What the tests of a module need, and what to say when it is missing."""

    is_present: Callable[[pytest.Config], bool]
    missing: str


def has_bouncy_castle() -> bool:
    """Whether the Java library and a compiler are installed."""
    return shutil.which("javac") is not None and all(jar.exists() for jar in BOUNCY_CASTLE)


COUNTERPARTS = {
    "test_openssl.py": Counterpart(
        lambda config: has_gost_engine(), f"openssl has no engine for ГОСТ ({PACKAGE})"
    ),
    "test_samples.py": Counterpart(
        lambda config: bool(os.environ.get(SAMPLES_VARIABLE)),
        f"{SAMPLES_VARIABLE} names no folder of samples",
    ),
    "test_bouncy_castle.py": Counterpart(
        lambda config: bool(config.getoption("--long")) and has_bouncy_castle(),
        "BouncyCastle runs with --long, libbcpkix-java and a JDK",
    ),
}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the modules whose counterpart is missing."""
    counterpart = COUNTERPARTS.get(collection_path.name)
    if counterpart is None or not collection_path.is_relative_to(config.rootpath / FOLDER):
        return None
    return None if counterpart.is_present(config) else True


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was left out, unless the run is about a few modules only."""
    if not _is_about(config.args, config.rootpath / FOLDER):
        return
    for name, counterpart in COUNTERPARTS.items():
        if not counterpart.is_present(config):
            terminalreporter.write_line(f"Not collected: {name}: {counterpart.missing}")


def _is_about(arguments: list[str], folder: Path) -> bool:
    paths = [Path(argument.split("::")[0]).resolve() for argument in arguments]
    return any(folder.is_relative_to(path) or path.is_relative_to(folder) for path in paths)

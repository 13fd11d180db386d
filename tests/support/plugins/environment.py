"""The environment of every test run, set before Django reads its settings.

A pytest plugin (`-p tests.support.plugins.environment`) and not a conftest: pytest-django loads the
settings earlier than any conftest is read. What the caller has set stays: scripts/test names the
databases this way.
"""

import os
import shutil
import tempfile
from pathlib import Path

from tests.support.signing.openssl import has_gost_engine

MADE_HERE = "ECONTRACT_DATA_DIR" not in os.environ
if MADE_HERE:
    os.environ["ECONTRACT_DATA_DIR"] = tempfile.mkdtemp(prefix="econtract-test-")
# Each of xdist's workers has files and a cache of its own: one may empty them and meet no other.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["ECONTRACT_DATA_DIR"] += f"/{worker}"
    if os.environ.get("BROKER_URL", "").startswith("redis+socket:"):
        os.environ["BROKER_URL"] += f"?virtual_host={worker.removeprefix('gw')}"
DATA_DIR = Path(os.environ["ECONTRACT_DATA_DIR"])
DATA_DIR.mkdir(parents=True, exist_ok=True)
# STATIC_ROOT by default; WhiteNoise warns of a folder that is not there.
(DATA_DIR / "static").mkdir(exist_ok=True)
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
# A file and not memory: tests with several processes must see one database.
os.environ.setdefault("TEST_SQLITE", str(DATA_DIR / "test.sqlite3"))
# openssl checks what the sandbox signs: by ГОСТ where it can.
os.environ.setdefault("SANDBOX_SIGNATURES", "gost" if has_gost_engine() else "ecdsa")
os.environ.setdefault("STATIC_FROM_SOURCES", "yes")
# Tests run at night, too.
os.environ.setdefault("MESSAGES_FROM_HOUR", "0")
os.environ.setdefault("MESSAGES_TO_HOUR", "24")
# The browser tests call the ORM from the thread in which Playwright runs its event loop.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_unconfigure() -> None:
    """Removes the data folder, unless the caller gave it (xdist's workers get it that way)."""
    if MADE_HERE:
        shutil.rmtree(DATA_DIR, ignore_errors=True)

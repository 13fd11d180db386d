"""The start of every process of the product: wrong settings stop it with one sentence each.

Management commands that need no complete installation (`makemigrations`, `collectstatic`) are not
held up by an absent setting; `manage.py set_up` is.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured

from econtract.platform.installation.checks import installation_problems
from econtract.platform.installation.settings_checks import check_static_files

# Gunicorn and the supervisor of scripts/run do not start a process again that exits with this code.
REFUSED_SETTINGS = 4


@contextmanager
def stop_on_wrong_settings() -> Iterator[None]:
    """Inside the block, a setting that cannot be read ends the process with its sentence."""
    try:
        yield
    except ImproperlyConfigured as error:
        _stop([str(error)])


def check_installation() -> None:
    """End the process if a setting that the product needs is absent or wrong."""
    _stop(installation_problems())


def check_web_server() -> None:
    """The same, with what only a web server needs."""
    _stop([*installation_problems(), *check_static_files()])


def _stop(problems: list[str]) -> None:
    if not problems:
        return
    print(*problems, sep="\n", file=sys.stderr)  # noqa: T201  (logging may not be configured)
    sys.exit(REFUSED_SETTINGS)

"""`python -m econtract.sandbox <command>`: the sandbox's own manage.py."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run a Django command with the sandbox's settings, whatever DJANGO_SETTINGS_MODULE says."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "econtract.sandbox.settings"
    execute_from_command_line(["econtract.sandbox", *sys.argv[1:]])


if __name__ == "__main__":
    main()

#!/usr/bin/env python
"""Django's command line for E-Contract."""

import os
import sys


def main(arguments: list[str]) -> None:
    """Runs one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "econtract.settings")
    if arguments[1:2] == ["convert"]:
        # It needs no applications, no database and no key, and it is held to seconds.
        os.environ.setdefault("SECRET_KEY", "nothing-is-signed-by-this-command")
        from archive.management.commands.convert import Command

        Command().run_from_argv(arguments)
        return
    from django.core.management import execute_from_command_line

    from econtract import startup

    with startup.stop_on_wrong_settings():
        import econtract.celery  # noqa: F401  (commands that publish jobs need the application)

        execute_from_command_line(arguments)


if __name__ == "__main__":
    main(sys.argv)

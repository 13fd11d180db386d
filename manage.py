#!/usr/bin/env python
"""Django's command line for E-Contract."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "econtract.settings")
    import econtract.celery  # noqa: F401  (commands that publish jobs need the application)

    execute_from_command_line(sys.argv)

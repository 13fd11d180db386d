"""WSGI entry point: `gunicorn econtract.sandbox.wsgi` (one worker process, several threads)."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

# Overwritten on purpose: the environment may name the product's settings.
os.environ["DJANGO_SETTINGS_MODULE"] = "econtract.sandbox.settings"

application = get_wsgi_application()

if not (settings.DATA_DIR / "sandbox.sqlite3").exists():
    raise ImproperlyConfigured("Run `python -m econtract.sandbox setup` first")

"""The entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "econtract.settings")

import econtract.celery  # noqa: F401  (views publish Celery messages)

application = get_wsgi_application()

"""The entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "econtract.settings")

from econtract import startup

with startup.stop_on_wrong_settings():
    import econtract.celery  # noqa: F401  (views publish Celery messages)

    application = get_wsgi_application()
    startup.check_web_server()

"""The sandbox as a Django app."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """All simulators share one app and one database: together they play one outside world."""

    name = "econtract.sandbox"
    label = "sandbox"
    default_auto_field = "django.db.models.BigAutoField"

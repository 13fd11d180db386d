"""The Django admin as an application of this product; named in INSTALLED_APPS."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    """The Django admin with our own site: entered by role, not by a flag of its own."""

    default_site = "accounts.admin_site.AdministrationSite"

"""«Администрирование»: the Django admin, open to the role «Администратор»."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.decorators import method_decorator

from accounts.models import User


class AdministrationSite(admin.AdminSite):
    """The default admin site (`accounts.administration.AdministrationConfig`)."""

    site_header = "E-Contract: администрирование"
    site_title = "E-Contract"
    index_title = "Администрирование"
    site_url = "/"
    enable_nav_sidebar = False
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Registers without counts beside the filters: each would count a whole large table."""
        options = {"show_facets": admin.ShowFacets.NEVER} | options
        super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.is_administrator

    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirects to our own log-in page, which returns here afterwards."""
        query = urlencode({"next": request.GET.get("next", resolve_url("admin:index"))})
        return redirect(f"{resolve_url('accounts:login')}?{query}")

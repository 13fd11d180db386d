"""«Администрирование»: the Django admin, open to the role «Администратор»."""

import re
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import SEARCH_VAR
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.decorators import method_decorator

from accounts.models import User

MAX_SEARCH_LENGTH = 200
KEY = re.compile(r"[0-9]{1,18}|[0-9a-f-]{36}")
MAX_VALUE_LENGTH = 4000
# A search may be for any number, and the page of a row remembers the search that led to it.
FREE_TEXTS = frozenset({SEARCH_VAR, "_changelist_filters"})
# No column can hold it, and SQLite fails on it.
HUGE_NUMBER = re.compile(r"[0-9]{19}")
# No page links to them, and the database fails on what is no pair or no expression.
REFUSED_LOOKUPS = frozenset({"range", "regex", "iregex"})
ANY = re.compile(r".*", re.DOTALL)
# What the links of the admin send: numbers of the calendar, days, and moments with their zone.
_NUMBER = re.compile(r"[0-9]{1,4}")
_MOMENT = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+[+-][0-9:]+)?|[0-9]{1,18}")
FORMS_BY_LOOKUP = {
    **dict.fromkeys(("year", "month", "day"), _NUMBER),
    **dict.fromkeys(("gte", "gt", "lte", "lt"), _MOMENT),
}


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

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Refuses parameters that no page of the admin sends, and on which Django would fail."""

        @wraps(view)
        def check_query(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            for name, values in request.GET.lists():
                limit = MAX_SEARCH_LENGTH if name == SEARCH_VAR else MAX_VALUE_LENGTH
                if any(len(value) > limit for value in values):
                    raise BadRequest(f"The parameter {name[:30]} is too long.")
                if any("\x00" in value for value in values):
                    raise BadRequest(f"The parameter {name[:30]} has a NUL character.")
                if name not in FREE_TEXTS and any(map(HUGE_NUMBER.search, values)):
                    raise BadRequest(f"The parameter {name[:30]} is no key.")
                lookup = name.rpartition("__")[2]
                is_malformed = not all(map(FORMS_BY_LOOKUP.get(lookup, ANY).fullmatch, values))
                if lookup in REFUSED_LOOKUPS or is_malformed:
                    raise BadRequest(f"The admin has no filter {name[:30]}.")
            if not all(map(KEY.fullmatch, request.POST.getlist(ACTION_CHECKBOX_NAME))):
                raise BadRequest("A selected row has no such key.")
            return view(request, *args, **kwargs)

        return super().admin_view(check_query, cacheable)

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.is_administrator

    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirects to our own log-in page, which returns here afterwards."""
        query = urlencode({"next": request.GET.get("next", resolve_url("admin:index"))})
        return redirect(f"{resolve_url('accounts:login')}?{query}")

"""The front door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from clients.screens.access import current_user
from tasks.listing.tabs import get_tabs


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the person's first list; to the access page for one who has no role."""
    user = current_user(request)
    if not user.has_permission(Permission.SEE_TASKS):
        return redirect("accounts:access")
    return redirect("tasks:list", get_tabs(user)[0])

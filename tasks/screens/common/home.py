"""The URL «/»."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from clients.screens.access import current_user
from tasks.listing.tabs import get_tabs


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirects to what the user's roles are for, or to the access page without a role."""
    user = current_user(request)
    if not user.has_permission(Permission.SEE_TASKS):
        is_editor = user.has_permission(Permission.EDIT_TEMPLATES)
        return redirect("templates:list" if is_editor else "accounts:access")
    return redirect("tasks:list", get_tabs(user)[0])

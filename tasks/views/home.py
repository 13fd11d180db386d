"""The front door, and the search of the header."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from tasks.lists import lists_of
from tasks.models import SigningTask
from tasks.views.common import person_of
from tasks.views.lists import show_list


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the person's first list; to the access page for one who has no role."""
    user = person_of(request)
    if not user.may(Permission.SEE_TASKS):
        return redirect("access")
    return redirect("tasks:list", lists_of(user)[0])


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything that the person sees, in work and finished; a task's number leads to its card."""
    text = request.GET.get("q", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        task = SigningTask.objects.visible_to(person_of(request)).filter(pk=int(text)).first()
        if task is not None:
            return redirect(task)
    return show_list(request, "search")

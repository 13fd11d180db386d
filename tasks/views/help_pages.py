"""«Справка»."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks.presentation.reference import resolutions_table, statuses_table


@require_safe
def statuses(request: HttpRequest) -> HttpResponse:
    """«Приложение 1»: what every status and resolution means, from the lifecycle's own table."""
    context = {"statuses": statuses_table(), "resolutions": resolutions_table()}
    return render(request, "help/statuses.html", context)

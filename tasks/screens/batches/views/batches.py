"""The list of batches, and the page of one: check, progress, buttons."""

from collections.abc import Callable

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.roles import Permission
from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from econtract.platform.listing.query import parse_id
from tasks.batches import actions
from tasks.batches.progress import measure_progress
from tasks.batches.report import write_report
from tasks.models import Batch
from tasks.screens.batches.forms import CorrectedFileForm, StartForm
from tasks.screens.batches.page import BADGES, build_controls, build_journal, build_page

BATCHES_PER_PAGE = 50
RELATIONS = ("manager", "template_version__template", "region", "document_kind")
ACTIONS: dict[str, Callable[..., object]] = {
    "pause": actions.pause,
    "resume": actions.resume,
    "stop": actions.stop,
    "retry": actions.retry_failed,
}


def get_visible_batch(request: HttpRequest, pk: int) -> Batch:
    """Raises Http404 for a batch that the user does not see."""
    batches = Batch.objects.visible_to(current_user(request)).select_related(*RELATIONS)
    batch = batches.filter(pk=pk).first() if pk < 1 << 63 else None
    if batch is None:
        raise Http404
    return batch


@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """The visible batches, newest first."""
    user = current_user(request)
    batches = Batch.objects.visible_to(user).select_related(*RELATIONS)
    if before := parse_id(request.GET.get("before", "")):
        batches = batches.filter(pk__lt=before)
    rows = list(batches[: BATCHES_PER_PAGE + 1])
    shown = rows[:BATCHES_PER_PAGE]
    context = {
        "lines": [(batch, BADGES[batch.state], measure_progress(batch)) for batch in shown],
        "can_run": may_run(user),
        "next_url": f"?before={shown[-1].pk}" if len(rows) > BATCHES_PER_PAGE else "",
    }
    return render(request, "tasks/batches/list.html", context)


def may_run(user: User) -> bool:
    """Whether the user may start batches: the tasks are theirs, so they are a manager too."""
    return user.has_permission(Permission.RUN_BATCHES) and user.has_permission(
        Permission.CREATE_TASKS
    )


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The check of the file before the start, the progress after it."""
    batch = get_visible_batch(request, pk)
    return render_batch(request, batch, CorrectedFileForm())


def render_batch(
    request: HttpRequest, batch: Batch, form: CorrectedFileForm, *, status: int = 200
) -> HttpResponse:
    """The page of ``batch`` with the form of a corrected file."""
    context = {
        "page": _build_page(request, batch),
        "batch": batch,
        "controls": build_controls(batch, current_user(request)),
        "journal": build_journal(batch),
        "form": form,
        "start_form": StartForm(),
    }
    return render(request, "tasks/batches/page.html", context, status=status)


@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The poll of the page: figures and rows; the whole page when the buttons change."""
    batch = get_visible_batch(request, pk)
    context = {"page": _build_page(request, batch), "batch": batch}
    response = render(request, "tasks/batches/_progress.html", context)
    if request.GET.get("state") != batch.state:
        response["HX-Refresh"] = "true"
    return response


def _build_page(request: HttpRequest, batch: Batch) -> object:
    after = parse_id(request.GET.get("after", "")) or 0
    return build_page(batch, code=request.GET.get("rows", ""), after=after)


@require_POST
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """«Запустить», «Приостановить», «Продолжить», «Остановить», «Повторить ошибки»."""
    batch, user = get_visible_batch(request, pk), current_user(request)
    try:
        if name == "start":
            repeats = bool(request.POST.get("repeats_file"))
            actions.start(batch=batch, actor=user, repeats_file=repeats)
        elif name in ACTIONS:
            ACTIONS[name](batch=batch, actor=user)
        else:
            raise Http404
    except ActionRefused as refused:
        for message in refused.messages:
            messages.error(request, message)
    return redirect(batch)


@require_safe
def report(request: HttpRequest, pk: int) -> FileResponse:
    """The rows as xlsx: to be corrected, or as the result."""
    batch = get_visible_batch(request, pk)
    only_problems = request.GET.get("rows") == "problems"
    file = write_report(batch, only_problems=only_problems)
    name = "исправить" if only_problems else "строки"
    return FileResponse(file, as_attachment=True, filename=f"Прогон {batch.pk}, {name}.xlsx")

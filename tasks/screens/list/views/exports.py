"""The xlsx file of a list or a report. A worker writes a large one."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from clients.screens.access import current_user
from econtract.platform.common.formatting import format_number
from econtract.platform.listing.exports import make_workbook, order_export
from econtract.platform.listing.models import Export
from econtract.platform.listing.xlsx import MAX_ROWS, TooManyRows
from tasks.listing.definition import TASK_LIST
from tasks.listing.query import TaskListQuery
from tasks.screens.common.files import serve_file

EXPORT_QUEUED = (
    f"В выгрузке больше {format_number(MAX_ROWS)} заданий: файл готовится. Когда он будет готов, "
    "придет уведомление со ссылкой."
)
EXPORT_RUNNING = "Ваша предыдущая выгрузка еще готовится. Дождитесь уведомления о ней."


def build_export_response(
    request: HttpRequest, tab: str, query: TaskListQuery, *, file_name: str, fallback_url: str
) -> HttpResponseBase:
    """The file with the tasks of ``query``; for too many, queues an export and redirects."""
    user = current_user(request)
    try:
        file = make_workbook(TASK_LIST, user, tab, query, max_rows=MAX_ROWS)
    except TooManyRows:
        if order_export(user, TASK_LIST, tab=tab, query=query, file_name=file_name):
            messages.info(request, EXPORT_QUEUED)
        else:
            messages.warning(request, EXPORT_RUNNING)
        return redirect(fallback_url)
    return FileResponse(file, as_attachment=True, filename=file_name)


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of one of the user's exports."""
    exports = Export.objects.filter(user=current_user(request), file__isnull=False)
    export = get_object_or_404(exports.select_related("file"), pk=pk)
    if export.file is None:
        raise Http404
    return serve_file(request, export.file, export.file_name)

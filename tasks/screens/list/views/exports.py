"""The xlsx file of a list or a report: at once, or made by a worker when it is large."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from archive.files import serving
from archive.files.storage import StoredFileDamaged
from clients.screens.access import current_user
from econtract.platform.common.formatting import format_number
from econtract.platform.listing.exports import make_workbook, order_export
from econtract.platform.listing.models import Export
from econtract.platform.listing.xlsx import MAX_ROWS, TooManyRows
from tasks.listing.definition import TASK_LIST
from tasks.listing.query import TaskListQuery

ORDERED = (
    f"В выгрузке больше {format_number(MAX_ROWS)} заданий: файл готовится. Когда он будет готов, "
    "придет уведомление со ссылкой."
)
STILL_WORKING = "Ваша предыдущая выгрузка еще готовится. Дождитесь уведомления о ней."


def export_response(
    request: HttpRequest, tab: str, query: TaskListQuery, *, file_name: str, fallback_url: str
) -> HttpResponseBase:
    """The file of the tasks of ``query``; too many are ordered, with a redirect to the fallback."""
    user = current_user(request)
    try:
        file = make_workbook(TASK_LIST, user, tab, query, max_rows=MAX_ROWS)
    except TooManyRows:
        if order_export(user, TASK_LIST, tab=tab, query=query, file_name=file_name):
            messages.info(request, ORDERED)
        else:
            messages.warning(request, STILL_WORKING)
        return redirect(fallback_url)
    return FileResponse(file, as_attachment=True, filename=file_name)


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file that the user has ordered."""
    ready = Export.objects.filter(user=current_user(request), file__isnull=False)
    export = get_object_or_404(ready.select_related("file"), pk=pk)
    if export.file is None:
        raise Http404
    try:
        return serving.serve(request, export.file, file_name=export.file_name)
    except StoredFileDamaged:
        raise Http404 from None

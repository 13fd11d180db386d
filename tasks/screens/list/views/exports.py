"""The xlsx file of a list or a report: at once, or made by a worker when it is large."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from archive.files import serving
from archive.files.storage import StoredFileDamaged
from econtract.platform.common.formatting import thousands
from tasks.listing import exports
from tasks.listing.excel import LARGEST, TooMany, workbook
from tasks.listing.query import ListQuery
from tasks.listing.tabs import found_in
from tasks.models.lists import Export
from tasks.screens.common.requests import person_of
from tasks.wording.turns import Turns

PROMISE = (
    f"В выгрузке больше {thousands(LARGEST)} заданий: файл готовится. Когда он будет готов, придет "
    "уведомление со ссылкой."
)
PATIENCE = "Ваша предыдущая выгрузка еще готовится. Дождитесь уведомления о ней."


def answer(
    request: HttpRequest, tab: str, query: ListQuery, *, file_name: str, back: str
) -> HttpResponseBase:
    """The file of what ``query`` finds in ``tab``; a large one is ordered, and ``back`` we go."""
    user = person_of(request)
    tasks = query.sorting.apply(found_in(user, tab, query))
    try:
        file = workbook(tasks, Turns.told_to(user), largest=LARGEST)
    except TooMany:
        if exports.order(user, tab=tab, query=query, file_name=file_name):
            messages.info(request, PROMISE)
        else:
            messages.warning(request, PATIENCE)
        return redirect(back)
    return FileResponse(file, as_attachment=True, filename=file_name)


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file that was made for this very person."""
    made = Export.objects.filter(user=person_of(request), file__isnull=False)
    export = get_object_or_404(made.select_related("file"), pk=pk)
    if export.file is None:
        raise Http404
    try:
        return serving.serve(request, export.file, file_name=export.file_name)
    except StoredFileDamaged:
        raise Http404 from None

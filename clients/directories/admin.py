"""«Загрузить из файла» in the admin: upload, see what will change, confirm."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from clients.directories.changes import Kind, Plan, apply, plan
from clients.directories.export import workbook
from clients.directories.registry import Directory
from clients.directories.tables import LARGEST_FILE, BadTable, read_table

CONFIRM_WITHIN_SECONDS = 60 * 60
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTION_FLAGS = {Kind.ADDED: ADDITION, Kind.CHANGED: CHANGE, Kind.REMOVED: DELETION}


class UploadForm(forms.Form):
    """A table; ``cleaned_data["file"]`` is its rows."""

    file = forms.FileField(
        label="Файл xlsx или csv",
        help_text="Первая строка – заголовки столбцов. Строки, которых нет в файле, отключаются.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> list[dict[str, str]]:
        file = self.cleaned_data["file"]
        try:
            return read_table(file.name, file.read(LARGEST_FILE + 1))
        except BadTable as error:
            raise forms.ValidationError(str(error)) from None


class DirectoryAdmin(admin.ModelAdmin):
    """A directory that also comes and goes as a file. Subclasses name the ``directory``."""

    directory: Directory
    change_list_template = "clients/admin/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        views = {
            "import": self.import_view,
            "import_confirm": self.confirm_view,
            "export": self.export_view,
        }
        own = [
            path(
                f"{name.replace('_', '-')}/",
                self.admin_site.admin_view(view),
                name=self._url_name(name),
            )
            for name, view in views.items()
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        links = {
            "import_url": reverse(f"admin:{self._url_name('import')}"),
            "export_url": reverse(f"admin:{self._url_name('export')}"),
        }
        return super().changelist_view(request, {**(extra_context or {}), **links})

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """The upload form, then what the file would change."""
        self._check(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            return self._preview(request, form.cleaned_data["file"])
        return self._page(request, {"form": form}, status=422 if form.errors else 200)

    def confirm_view(self, request: HttpRequest) -> HttpResponseBase:
        """Applies what was previewed, if it would still do the same."""
        self._check(request)
        return require_POST(self._confirm)(request)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The directory as it is now, in the shape that the import takes."""
        self._check(request)
        response = HttpResponse(workbook(self.directory), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{self.directory.code}.xlsx"'
        return response

    def _confirm(self, request: HttpRequest) -> HttpResponse:
        try:
            seen = signing.loads(
                request.POST.get("seen", ""),
                salt=self._url_name("import"),
                max_age=CONFIRM_WITHIN_SECONDS,
            )
        except signing.BadSignature:
            messages.error(request, "Время подтверждения истекло. Загрузите файл еще раз")
            return redirect(f"admin:{self._url_name('import')}")
        with transaction.atomic():
            planned = plan(self.directory, seen["rows"])
            if planned.errors or planned.fingerprint != seen["fingerprint"]:
                messages.warning(request, "Справочник изменился. Проверьте изменения еще раз")
                return self._preview(request, seen["rows"], planned)
            removed = planned.of(Kind.REMOVED)
            apply(planned)
            self._log(request, planned)
        done = len(planned.changes) - len(removed)
        messages.success(request, f"Загружено строк: {done}, отключено: {len(removed)}")
        return redirect(f"admin:{self._url_name('changelist')}")

    def _preview(
        self, request: HttpRequest, rows: list[dict[str, str]], planned: Plan | None = None
    ) -> HttpResponse:
        planned = planned or plan(self.directory, rows)
        seen = {"rows": rows, "fingerprint": planned.fingerprint}
        context = {
            "plan": planned,
            "added": planned.of(Kind.ADDED),
            "changed": planned.of(Kind.CHANGED),
            "removed": planned.of(Kind.REMOVED),
            "seen": signing.dumps(seen, salt=self._url_name("import"), compress=True),
            "confirm_url": reverse(f"admin:{self._url_name('import_confirm')}"),
        }
        return self._page(request, context, status=422 if planned.errors else 200)

    def _page(self, request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
        frame = {
            **self.admin_site.each_context(request),
            "title": f"Загрузить из файла: {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "list_url": reverse(f"admin:{self._url_name('changelist')}"),
            "import_url": reverse(f"admin:{self._url_name('import')}"),
        }
        return render(request, "clients/admin/import.html", frame | context, status=status)

    def _log(self, request: HttpRequest, planned: Plan) -> None:
        """Puts the import into the admin's journal, row by row."""
        content_type = ContentType.objects.get_for_model(self.model)
        user_id = request.user.pk or 0  # nobody gets here without logging in
        for change in planned.changes:
            LogEntry.objects.create(
                user_id=user_id,
                content_type=content_type,
                object_id=change.row.pk,
                object_repr=change.title[:200],
                action_flag=ACTION_FLAGS[change.kind],
                change_message="Загрузка из файла",
            )

    def _check(self, request: HttpRequest) -> None:
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied

    def _url_name(self, view: str) -> str:
        model: type[models.Model] = self.model
        return f"{model._meta.app_label}_{model._meta.model_name}_{view}"

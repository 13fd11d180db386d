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

from clients.directories.export import build_workbook
from clients.directories.import_plan import ChangeType, ImportPlan, apply_plan, build_plan
from clients.directories.registry import Directory
from clients.directories.tables import MAX_FILE_BYTES, TableError, read_table

CONFIRMATION_MAX_AGE = 60 * 60
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTION_FLAGS = {
    ChangeType.ADD: ADDITION,
    ChangeType.UPDATE: CHANGE,
    ChangeType.REMOVE: DELETION,
}


class UploadForm(forms.Form):
    """The upload; ``cleaned_data["file"]`` has the rows of the table."""

    file = forms.FileField(
        label="Файл xlsx или csv",
        help_text="Первая строка – заголовки столбцов. Строки, которых нет в файле, отключаются.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> list[dict[str, str]]:
        file = self.cleaned_data["file"]
        try:
            return read_table(file.name, file.read(MAX_FILE_BYTES + 1))
        except TableError as error:
            raise forms.ValidationError(str(error)) from None


class DirectoryAdmin(admin.ModelAdmin):
    """A directory with import and export. Subclasses set ``directory``."""

    directory: Directory
    change_list_template = "clients/admin/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        views = {
            "import": self.import_view,
            "import_confirm": self.confirm_view,
            "export": self.export_view,
        }
        urls = [
            path(
                f"{name.replace('_', '-')}/",
                self.admin_site.admin_view(view),
                name=self._url_name(name),
            )
            for name, view in views.items()
        ]
        return urls + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        links = {
            "import_url": reverse(f"admin:{self._url_name('import')}"),
            "export_url": reverse(f"admin:{self._url_name('export')}"),
        }
        return super().changelist_view(request, {**(extra_context or {}), **links})

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """The upload form, then a preview of the changes."""
        self._check_permission(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            return self._preview(request, form.cleaned_data["file"])
        return self._page(request, {"form": form}, status=422 if form.errors else 200)

    def confirm_view(self, request: HttpRequest) -> HttpResponseBase:
        """Applies the changes of the preview, unless the directory has changed since."""
        self._check_permission(request)
        return require_POST(self._confirm)(request)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The current directory as a file that the import accepts."""
        self._check_permission(request)
        response = HttpResponse(build_workbook(self.directory), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{self.directory.code}.xlsx"'
        return response

    def _confirm(self, request: HttpRequest) -> HttpResponse:
        try:
            preview = signing.loads(
                request.POST.get("preview", ""),
                salt=self._url_name("import"),
                max_age=CONFIRMATION_MAX_AGE,
            )
        except signing.BadSignature:
            messages.error(request, "Время подтверждения истекло. Загрузите файл еще раз")
            return redirect(f"admin:{self._url_name('import')}")
        with transaction.atomic():
            plan = build_plan(self.directory, preview["rows"])
            if plan.errors or plan.fingerprint != preview["fingerprint"]:
                messages.warning(request, "Справочник изменился. Проверьте изменения еще раз")
                return self._preview(request, preview["rows"], plan)
            apply_plan(plan)
            self._log(request, plan)
        removals = len(plan.of_type(ChangeType.REMOVE))
        saves = len(plan.changes) - removals
        messages.success(request, f"Загружено строк: {saves}, отключено: {removals}")
        return redirect(f"admin:{self._url_name('changelist')}")

    def _preview(
        self, request: HttpRequest, rows: list[dict[str, str]], plan: ImportPlan | None = None
    ) -> HttpResponse:
        plan = plan or build_plan(self.directory, rows)
        preview = {"rows": rows, "fingerprint": plan.fingerprint}
        context = {
            "plan": plan,
            "additions": plan.of_type(ChangeType.ADD),
            "updates": plan.of_type(ChangeType.UPDATE),
            "removals": plan.of_type(ChangeType.REMOVE),
            "preview": signing.dumps(preview, salt=self._url_name("import"), compress=True),
            "confirm_url": reverse(f"admin:{self._url_name('import_confirm')}"),
        }
        return self._page(request, context, status=422 if plan.errors else 200)

    def _page(self, request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
        context = {
            **context,
            **self.admin_site.each_context(request),
            "title": f"Загрузить из файла: {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "list_url": reverse(f"admin:{self._url_name('changelist')}"),
            "import_url": reverse(f"admin:{self._url_name('import')}"),
        }
        return render(request, "clients/admin/import.html", context, status=status)

    def _log(self, request: HttpRequest, plan: ImportPlan) -> None:
        """Records every row in the admin's history."""
        content_type = ContentType.objects.get_for_model(self.model)
        user_id = request.user.pk or 0  # 0 only for mypy: the user is logged in
        for change in plan.changes:
            LogEntry.objects.create(
                user_id=user_id,
                content_type=content_type,
                object_id=change.row.pk,
                object_repr=change.title[:200],
                action_flag=ACTION_FLAGS[change.type],
                change_message="Загрузка из файла",
            )

    def _check_permission(self, request: HttpRequest) -> None:
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied

    def _url_name(self, view: str) -> str:
        model: type[models.Model] = self.model
        return f"{model._meta.app_label}_{model._meta.model_name}_{view}"

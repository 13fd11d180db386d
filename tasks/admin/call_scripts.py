"""«Скрипты звонков» in the Django admin, with the earlier texts in the history of each."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.text import Truncator

from accounts.admin_base import TitledAdmin
from tasks.models import CallScript
from tasks.statuses import Status
from tasks.wording.call_scripts import PLACEHOLDERS, find_unknown_placeholders

PLACEHOLDERS_TEXT = "; ".join(f"{name} – {meaning}" for name, meaning in PLACEHOLDERS.items())
HELP_TEXT = f"Подставляются: {PLACEHOLDERS_TEXT}. Пустой текст возвращает исходный."

GREETING_END = "{менеджер}, Ростелеком. "


class CallScriptForm(forms.ModelForm):
    """Shows the text in force; the default text is stored as an empty one."""

    class Meta:
        model = CallScript
        fields = ["text"]
        help_texts = {"text": HELP_TEXT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["text"] = self.instance.text or self.instance.default_text

    def clean_text(self) -> str:
        text = "\n".join(line.rstrip() for line in self.cleaned_data["text"].splitlines())
        if unknown := find_unknown_placeholders(text):
            raise forms.ValidationError(f"Так ничего не подставится: {', '.join(unknown)}")
        return "" if text == self.instance.default_text else text


@admin.register(CallScript)
class CallScriptAdmin(TitledAdmin):
    """Every script can be edited; which scripts there are is decided by `call_scripts.csv`."""

    form = CallScriptForm
    list_display = ["status_label", "detail_label", "beginning", "is_edited"]
    list_display_links = ["status_label"]
    list_filter = ["status"]
    search_fields = ["text"]
    readonly_fields = ["status_label", "detail_label", "default_text"]
    fields = ["status_label", "detail_label", "text", "default_text"]
    list_per_page = 200

    @admin.display(description="Статус", ordering="rank")
    def status_label(self, script: CallScript) -> str:
        return str(Status(script.status).label)

    @admin.display(description="Уточнение")
    def detail_label(self, script: CallScript) -> str:
        return script.detail_label

    @admin.display(description="Исходный текст")
    def default_text(self, script: CallScript) -> str:
        return script.default_text

    @admin.display(description="Что сказать")
    def beginning(self, script: CallScript) -> str:
        text = script.text or script.default_text
        # All scripts begin with the same greeting.
        _, _, after_greeting = text.partition(GREETING_END)
        return Truncator(after_greeting or text).chars(120)

    @admin.display(description="Изменен")
    def is_edited(self, script: CallScript) -> str:
        return "Да" if script.text else ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[CallScript]:
        """In the order of the process."""
        ranks = [When(status=status, then=Value(rank)) for rank, status in enumerate(Status)]
        scripts: QuerySet[CallScript] = super().get_queryset(request)
        return scripts.annotate(rank=Case(*ranks)).order_by("rank", "detail")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CallScript | None = None) -> bool:
        return False

    def construct_change_message(
        self, request: Any, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Both texts, so that an earlier one can be read and copied from the history."""
        default = form.instance.default_text
        old, new = form.initial["text"] or default, form.instance.text or default
        return f"Было: {old}\nСтало: {new}" if old != new else "Без изменений"

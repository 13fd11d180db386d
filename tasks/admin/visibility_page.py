"""«Почему видно / не видно» in the Django admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from accounts.admin_forms import UserSelect
from accounts.models import User
from tasks.admin.visibility_report import build_visibility_report
from tasks.models import SigningTask

MAX_TASK_NUMBER = 10**15
CHOOSE_USER = "Выберите сотрудника"


class VisibilityForm(forms.Form):
    """A user and the number of a task."""

    task = forms.IntegerField(
        label="Номер задания",
        min_value=1,
        max_value=MAX_TASK_NUMBER,
        error_messages={"required": "Введите номер задания"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = forms.ModelChoiceField(
            label="Сотрудник",
            queryset=User.objects.all(),
            error_messages={"required": CHOOSE_USER, "invalid_choice": CHOOSE_USER},
            widget=UserSelect("Сотрудник"),
        )
        self.order_fields(["user", "task"])

    def clean_task(self) -> SigningTask:
        tasks = SigningTask.objects.select_related("client", "manager", "signatory", "box")
        task = tasks.filter(pk=self.cleaned_data["task"]).first()
        if task is None:
            raise forms.ValidationError("Задание не найдено")
        return task


@require_safe
def show_visibility(request: HttpRequest) -> HttpResponse:
    """The form, or the report if the query string has both parameters: a report has a URL."""
    is_complete = {"user", "task"} <= request.GET.keys()
    form = VisibilityForm(request.GET if is_complete else None, initial=request.GET.dict())
    context = {
        **admin.site.each_context(request),
        "title": "Почему видно или не видно",
        "form": form,
        "opts": SigningTask._meta,
    }
    if is_complete and form.is_valid():
        user, task = form.cleaned_data["user"], form.cleaned_data["task"]
        context |= {"account": user, "task": task, "report": build_visibility_report(user, task)}
    return TemplateResponse(request, "tasks/admin/visibility.html", context)

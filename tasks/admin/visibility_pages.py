"""«Почему видно / не видно» in the Django admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from accounts.admin_forms import PersonSelect
from accounts.models import User
from tasks.admin.why import answer
from tasks.models import SigningTask

LARGEST = 10**15
CHOOSE = "Выберите сотрудника"


class WhyForm(forms.Form):
    """A person and a task's number."""

    task = forms.IntegerField(
        label="Номер задания",
        min_value=1,
        max_value=LARGEST,
        error_messages={"required": "Введите номер задания"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = forms.ModelChoiceField(
            label="Сотрудник",
            queryset=User.objects.all(),
            error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
            widget=PersonSelect("Сотрудник"),
        )
        self.order_fields(["user", "task"])

    def clean_task(self) -> SigningTask:
        tasks = SigningTask.objects.select_related("client", "manager", "signatory", "box")
        task = tasks.filter(pk=self.cleaned_data["task"]).first()
        if task is None:
            raise forms.ValidationError("Задание не найдено")
        return task


@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """Asked by GET, so that an answer has an address; half a question is only filled in."""
    asked = {"user", "task"} <= request.GET.keys()
    form = WhyForm(request.GET if asked else None, initial=request.GET.dict())
    context = {
        **admin.site.each_context(request),
        "title": "Почему видно или не видно",
        "form": form,
        "opts": SigningTask._meta,
    }
    if asked and form.is_valid():
        person, task = form.cleaned_data["user"], form.cleaned_data["task"]
        context |= {"person": person, "task": task, "answer": answer(person, task)}
    return TemplateResponse(request, "tasks/admin/why.html", context)

"""The form of a new batch, and the form of a corrected file."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import TaskType
from archive.models import DocumentTemplate
from clients.models import Region, Service
from econtract.platform.common import clock
from edo.channels.operator.preflight import find_sender_problems
from edo.models import Box, Signatory
from tasks.batches.uploads import NewBatchData
from tasks.channels import TaskSender
from tasks.models import Channel, DocumentKind, SigningTask

NO_FILE = "Выберите файл xlsx или csv"
WRONG_BOX = "Из этого ЛК ЭДО документы региона не отправляют. Выберите другой"
WRONG_SIGNATORY = "Этот подписант не подписывает в выбранном ЛК ЭДО"


class FileField(forms.FileField):
    """The table. Its size is checked by `archive.tables`, in words."""

    def __init__(self) -> None:
        super().__init__(
            label="Файл с данными",
            allow_empty_file=True,
            error_messages={"required": NO_FILE, "invalid": NO_FILE},
            widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        )


def _model_field(label: str, message: str, rows: QuerySet[Any]) -> "forms.ModelChoiceField[Any]":
    return forms.ModelChoiceField(
        label=label,
        queryset=rows,
        empty_label="Не выбрано",
        error_messages={"required": message, "invalid_choice": message},
    )


class NewBatchForm(forms.Form):
    """What all tasks have in common, and the file."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    template = _model_field("Бланк", "Выберите бланк", DocumentTemplate.objects.none())
    task_type = forms.ChoiceField(
        label="Тип заданий", error_messages={"required": "Выберите тип заданий"}
    )
    document_kind = _model_field(
        "Вид документа", "Выберите вид документа", DocumentKind.objects.none()
    )
    region = _model_field(
        "Регион инсталляции", "Выберите регион инсталляции", Region.objects.none()
    )
    box = _model_field("ЛК ЭДО", "Выберите ЛК ЭДО", Box.objects.none())
    signatory = _model_field("Подписант", "Выберите подписанта", Signatory.objects.none())
    services = forms.ModelMultipleChoiceField(
        label="Услуги",
        queryset=Service.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"required": "Выберите хотя бы одну услугу"},
    )
    file = FileField()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        regions = user.regions.filter(active=True, boxes__active=True).distinct()
        boxes = Box.objects.filter(active=True, regions__in=regions).distinct()
        querysets: dict[str, QuerySet[Any]] = {
            "template": find_templates(),
            "document_kind": DocumentKind.objects.filter(active=True),
            "region": regions,
            "box": boxes,
            "signatory": Signatory.objects.filter(active=True, boxes__in=boxes).distinct(),
            "services": Service.objects.filter(active=True),
        }
        for name, queryset in querysets.items():
            field: Any = self.fields[name]
            field.queryset = queryset
        types: Any = self.fields["task_type"]
        types.choices = [("", "Не выбрано"), *((t.value, t.label) for t in user.task_types)]

    @classmethod
    def empty(cls, user: User) -> "NewBatchForm":
        """The form as it is opened: with the choices of the user's last task."""
        names = ("task_type", "document_kind", "region", "box", "signatory")
        tasks = SigningTask.objects.filter(created_by=user).order_by("-created_at")
        last = tasks.values(*names).first() or {}
        return cls(user, initial={**last, "submission_key": uuid.uuid4()})

    def clean(self) -> dict[str, Any]:
        """Region, box and signatory must fit one another, and the signatory be able to sign."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        region, box, signatory = (data.get(name) for name in ("region", "box", "signatory"))
        if region and box and not box.regions.filter(pk=region.pk).exists():
            self.add_error("box", WRONG_BOX)
        elif box and signatory:
            if not signatory.boxes.filter(pk=box.pk).exists():
                self.add_error("signatory", WRONG_SIGNATORY)
            elif problems := find_sender_problems(box=box, signatory=signatory, at=clock.now()):
                self.add_error("signatory", problems[0].message)
        if region and region.seamless and not data.get("services"):
            self.add_error("services", "Выберите хотя бы одну услугу")
        kind, task_type = data.get("document_kind"), data.get("task_type")
        if kind and task_type:
            problem = kind.find_problem(TaskType(task_type), self.user.role_codes)
            if problem:
                self.add_error("document_kind", f"{problem} Выберите другой")
        return data

    def batch_data(self) -> NewBatchData:
        """The data of the valid form."""
        data = self.cleaned_data
        task_type = TaskType(data["task_type"])
        template: DocumentTemplate = data["template"]
        version = template.current_version
        if version is None:
            raise ValueError("Only templates in force are offered.")
        kind: DocumentKind = data["document_kind"]
        is_by_sms = template.sms_signing
        channel = Channel.SMS if is_by_sms else kind.channel_for(task_type)
        return NewBatchData(
            task_type=task_type,
            template_version=version,
            region=data["region"],
            sender=TaskSender(data["box"], data["signatory"], channel),
            services=list(data["services"]),
            document_kind=kind,
        )


def find_templates() -> QuerySet[DocumentTemplate]:
    """The templates that documents can be made of."""
    templates = DocumentTemplate.objects.filter(is_active=True)
    return templates.filter(versions__published_at__isnull=False).distinct()


class CorrectedFileForm(forms.Form):
    """«Загрузить исправленный файл»."""

    file = FileField()


class StartForm(forms.Form):
    """«Запустить»; the box is shown for a file that was run before."""

    repeats_file = forms.BooleanField(label="Запустить этот файл повторно", required=False)

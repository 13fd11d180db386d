"""The fields that all task types have. They clean to the values of `NewTaskData`."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from clients.models import Region, Service
from clients.models.formats import compact
from clients.rules.account_prefix import check_account_number
from clients.screens.fields import AccountField
from edo.models import Box, Signatory
from tasks.models import Channel, DocumentKind
from tasks.screens.new_task.field_values import FieldValues
from tasks.screens.new_task.kind_options import KindOptions
from tasks.screens.new_task.last_choices import OFFER_HINT
from tasks.screens.new_task.signing_options import (
    SIGNING_FIELDS,
    SignatoryOption,
    SigningOptions,
)

FIELDS = (
    "channel",
    *SIGNING_FIELDS,
    "account_number",
    "document_number",
    "document_kind",
    "contract_number",
    "contract_date",
    "services",
    "fraud_check",
)
CHANNELS = (
    (Channel.EDO, "Через оператора ЭДО"),
    (Channel.SMS, "По ссылке и коду из СМС"),
)
CONTRACT_FIELDS = ("contract_number", "contract_date")
NO_SERVICE = "Выберите хотя бы одну услугу"
# «Лицевой счет» is validated while it is typed, this long after the last key.
VALIDATION_DELAY_MS = "400"


class TypedAccountField(AccountField):
    """«Лицевой счет» of any length: `check_account_number` checks it from the first digit."""

    def clean_value(self, value: str) -> str:
        return compact(value)


class SignatorySelect(forms.Select):
    """A list in which signatories who cannot sign are disabled and show the reason."""

    signatories: dict[str, SignatoryOption] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        signatory = self.signatories.get(str(value))
        if signatory is not None and signatory.reason:
            option["label"] = f"{option['label']} – {signatory.reason}"
            option["attrs"]["disabled"] = True
        return option


class ServiceSelect(forms.CheckboxSelectMultiple):
    """Check-boxes. Services with a fraud risk are marked, so that CSS shows the reminder."""

    risky_codes: set[str] = set()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.risky_codes:
            option["attrs"]["data-risk"] = True
        return option


def _choice(label: str, message: str, **kwargs: Any) -> forms.ChoiceField:
    errors = {"required": message, "invalid_choice": message}
    return forms.ChoiceField(label=label, error_messages=errors, **kwargs)


class TaskForm(forms.Form):
    """Region, box, signatory, account number, document and services.

    ``values`` contain only a region, box and signatory that ``options`` offer.
    """

    region = _choice(
        "Регион инсталляции",
        "Выберите регион инсталляции",
        widget=forms.Select(attrs={"data-search": True}),
    )
    box = _choice("ЛК ЭДО", "Выберите ЛК ЭДО")
    signatory = _choice("Подписант", "Выберите подписанта", widget=SignatorySelect)
    channel = _choice("Способ подписания", "Выберите способ", choices=CHANNELS)
    account_number = TypedAccountField(
        label="Лицевой счет", help_text="12 цифр", required_message="Введите лицевой счет"
    )
    document_number = forms.CharField(
        label="Номер документа",
        max_length=100,
        help_text="Заполняется из лицевого счета, можно изменить",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Введите номер документа"},
    )
    document_kind = _choice("Вид документа", "Выберите вид документа")
    contract_number = forms.CharField(
        label="Номер договора",
        max_length=100,
        required=False,
        help_text="Договор, к которому заключается соглашение",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Введите номер договора"},
    )
    contract_date = forms.DateField(
        label="Дата договора",
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": "Введите дату договора",
            "invalid": "Введите дату договора в виде ДД.ММ.ГГГГ",
        },
    )
    services = forms.MultipleChoiceField(
        label="Услуги",
        required=False,
        widget=ServiceSelect,
        error_messages={"required": NO_SERVICE, "invalid_choice": NO_SERVICE},
    )
    fraud_check = forms.BooleanField(label="Проверка проведена", required=False)

    # The check of the account number needs the region and the services.
    field_order = ["region", "services", "account_number"]

    def __init__(
        self,
        values: FieldValues,
        options: SigningOptions,
        kind_options: KindOptions,
        services: list[Service],
    ) -> None:
        super().__init__(MultiValueDict(values))
        self.options = options
        self.kind_options = kind_options
        self.service_by_code = {service.code: service for service in services}
        self._set_choices_with_blank("region", [(row.pk, row.name) for row in options.regions])
        self._set_choices_with_blank("box", [(row.pk, row.name) for row in options.boxes])
        signatories = {str(option.signatory.pk): option for option in options.signatories}
        self._set_choices_with_blank(
            "signatory", [(pk, str(option.signatory)) for pk, option in signatories.items()]
        )
        self._get_widget("signatory").signatories = signatories
        self._set_choices_with_blank("document_kind", kind_options.choices)
        for name in CONTRACT_FIELDS:
            self.fields[name].required = self.is_supplement
        self.fields["services"].required = needs_document_and_service(options.region)
        self._set_choices("services", [(service.code, service.name) for service in services])
        self._get_widget("services").risky_codes = {
            service.code for service in services if service.fraud_risk
        }
        self._get_widget("account_number").attrs |= {
            "data-draft-delay": VALIDATION_DELAY_MS,
            "data-enter": "#check-account",
        }

    def show_offer(self, names: Iterable[str]) -> None:
        """Say at the fields ``names`` that their value comes from the last task.

        Call it before the validation, which makes the bound fields.
        """
        for name in names:
            self.fields[name].help_text = OFFER_HINT

    @property
    def is_signed_by_sms(self) -> bool:
        """Whether the client is to sign by SMS, so needs no box."""
        return self.data.get("channel") == Channel.SMS

    @property
    def is_supplement(self) -> bool:
        """Whether the document belongs to a contract that must be named."""
        return self.data.get("document_kind") == DocumentKind.SUPPLEMENT

    def _set_choices_with_blank(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        self._set_choices(name, [("", "Не выбрано"), *choices])

    def _set_choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _get_widget(self, name: str) -> Any:
        return self.fields[name].widget

    def clean_region(self) -> Region | None:
        return self.options.region

    def clean_box(self) -> Box | None:
        return self.options.box

    def clean_signatory(self) -> Signatory | None:
        option = self.options.signatory_option
        if option is not None and option.reason:
            raise forms.ValidationError(option.reason)
        return option.signatory if option else None

    def clean_document_kind(self) -> str:
        if self.kind_options.problem:
            raise forms.ValidationError(f"{self.kind_options.problem} Выберите другой")
        return str(self.cleaned_data["document_kind"])

    def clean_services(self) -> list[Service]:
        return [self.service_by_code[code] for code in self.cleaned_data["services"]]

    def clean_account_number(self) -> str:
        """Check region, prefix and length, in this order (docs/rules.md#account-prefix)."""
        number: str = self.cleaned_data["account_number"]
        services = self.cleaned_data.get("services", [])
        if problem := check_account_number(number, self.options.region, services):
            raise forms.ValidationError(problem)
        return number


def needs_document_and_service(region: Region | None) -> bool:
    """Whether a task needs both at creation (docs/rules.md#seamless-process)."""
    return region is None or region.seamless

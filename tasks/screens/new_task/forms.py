"""The fields that every task type has. What they clean are facts for `tasks.actions`."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from clients.models import Region, Service
from clients.models.formats import compact
from clients.rules.account_prefix import check_account_number
from clients.screens.fields import AccountField
from edo.models import Box, Signatory
from tasks.models import DocumentKind
from tasks.screens.new_task.field_values import FieldValues
from tasks.screens.new_task.signing_options import SignatoryOption, SigningOptions

FIELDS = (
    "region",
    "box",
    "signatory",
    "account_number",
    "document_number",
    "document_kind",
    "services",
    "fraud_check",
)
NO_SERVICE = "Выберите хотя бы одну услугу"
# «Лицевой счет» is judged as it is typed: half a second is soon enough and asks less often.
JUDGED_AFTER_MS = "400"


class TypedAccountField(AccountField):
    """«Лицевой счет» of any length yet: `check_account_number` checks it from the first digit."""

    def clean_value(self, value: str) -> str:
        return compact(value)


class SignatorySelect(forms.Select):
    """A list in which those who cannot sign stand with the reason and cannot be chosen."""

    signers: dict[str, SignatoryOption] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        signer = self.signers.get(str(value))
        if signer is not None and signer.reason:
            option["label"] = f"{option['label']} – {signer.reason}"
            option["attrs"]["disabled"] = True
        return option


class ServiceSelect(forms.CheckboxSelectMultiple):
    """Check-boxes; those with a risk of fraud are marked for the reminder under them."""

    risky: set[str] = set()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.risky:
            option["attrs"]["data-risk"] = True
        return option


def _choice(label: str, message: str, **kwargs: Any) -> forms.ChoiceField:
    errors = {"required": message, "invalid_choice": message}
    return forms.ChoiceField(label=label, error_messages=errors, **kwargs)


class TaskForm(forms.Form):
    """Region, box, signatory, account number, document and services.

    ``values`` are settled: a region, box or signatory that does not fit is not in them.
    """

    region = _choice("Регион инсталляции", "Выберите регион инсталляции")
    box = _choice("ЛК ЭДО", "Выберите ЛК ЭДО")
    signatory = _choice("Подписант", "Выберите подписанта", widget=SignatorySelect)
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
    services = forms.MultipleChoiceField(
        label="Услуги",
        required=False,
        widget=ServiceSelect,
        error_messages={"required": NO_SERVICE, "invalid_choice": NO_SERVICE},
    )
    fraud_check = forms.BooleanField(label="Проверка проведена", required=False)

    # The check of the account number asks for the region and for the services.
    field_order = ["region", "services", "account_number"]

    def __init__(
        self, values: FieldValues, places: SigningOptions, services: list[Service]
    ) -> None:
        super().__init__(MultiValueDict(values))
        self.places = places
        self.offered = {service.code: service for service in services}
        self._offer("region", [(each.pk, each.name) for each in places.regions])
        self._offer("box", [(each.pk, each.name) for each in places.boxes])
        signers = [(each.signatory.pk, str(each.signatory)) for each in places.signers]
        self._offer("signatory", signers)
        self._offer("document_kind", DocumentKind.choices)
        self._widget("signatory").signers = {
            str(each.signatory.pk): each for each in places.signers
        }
        self.fields["services"].required = needs_document_and_service(places.region)
        self._set_choices("services", [(each.code, each.name) for each in services])
        self._widget("services").risky = {each.code for each in services if each.fraud_risk}
        self._widget("account_number").attrs |= {
            "data-draft-delay": JUDGED_AFTER_MS,
            "data-enter": "#check-account",
        }

    def _offer(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        self._set_choices(name, [("", "Не выбрано"), *choices])

    def _set_choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _widget(self, name: str) -> Any:
        return self.fields[name].widget

    def clean_region(self) -> Region | None:
        return self.places.region

    def clean_box(self) -> Box | None:
        return self.places.box

    def clean_signatory(self) -> Signatory | None:
        signer = self.places.signer
        if signer is not None and signer.reason:
            raise forms.ValidationError(signer.reason)
        return signer.signatory if signer else None

    def clean_services(self) -> list[Service]:
        return [self.offered[code] for code in self.cleaned_data["services"]]

    def clean_account_number(self) -> str:
        """The first check (manual, 4.2): region, then prefix, then length."""
        number: str = self.cleaned_data["account_number"]
        services = self.cleaned_data.get("services", [])
        if problem := check_account_number(number, self.places.region, services):
            raise forms.ValidationError(problem)
        return number


def needs_document_and_service(region: Region | None) -> bool:
    """Whether a task cannot be made without them: the seamless process (manual, chapter 4)."""
    return region is None or region.seamless

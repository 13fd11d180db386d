"""The form of a new task as it stands: what was typed, what follows from it, what is missing.

One object draws the page, decides whether the task can be created and supplies its data, so the
page and the server cannot disagree.
"""

from dataclasses import dataclass, replace
from typing import Any

from django import forms

from accounts.models import User
from clients.models import Client, Contact, Service
from clients.models.formats import ACCOUNT_LENGTH, compact
from edo.channels.protocol import RecipientOption, SigningRecipient
from tasks.actions.create import NewTaskData
from tasks.actions.same_documents import SameDocument, find_same_documents
from tasks.channels import TaskSender
from tasks.models import Channel, Draft
from tasks.recipient_lookups import find_known_options
from tasks.screens.common.form_kinds import FormKind
from tasks.screens.new_task import account_check, documents, recipients, templates
from tasks.screens.new_task.account_check import AccountStatus
from tasks.screens.new_task.cdi_answers import CdiAnswer
from tasks.screens.new_task.checklist import ChecklistItem, build_field_item
from tasks.screens.new_task.client_section import ClientInput, ClientSection
from tasks.screens.new_task.company_section import CompanySection
from tasks.screens.new_task.documents import AttachedDocument
from tasks.screens.new_task.field_values import FieldValues, get_value
from tasks.screens.new_task.forms import (
    CONTRACT_FIELDS,
    FIELDS,
    TaskForm,
    needs_document_and_service,
)
from tasks.screens.new_task.kind_options import (
    DEFAULT_CHANNEL,
    KindOptions,
    find_kind_options,
    offer_operator,
)
from tasks.screens.new_task.last_choices import OFFER_FIELD, find_offered_fields
from tasks.screens.new_task.person_section import PersonSection
from tasks.screens.new_task.recipients import RecipientChoice
from tasks.screens.new_task.signing_options import (
    SIGNING_FIELDS,
    SigningOptions,
    find_signing_options,
)

# A hidden field: the account number that was last copied to the document number.
COPIED_NUMBER = "copied_number"


def client_section_class(kind: FormKind) -> type[ClientSection]:
    return PersonSection if kind.is_for_persons else CompanySection


def field_names(kind: FormKind) -> tuple[str, ...]:
    """The names of all fields that a draft stores."""
    section_names = client_section_class(kind).field_names
    form_names = (COPIED_NUMBER, DEFAULT_CHANNEL, recipients.FIELD, OFFER_FIELD, templates.FIELD)
    return (*section_names, *FIELDS, *form_names)


@dataclass(frozen=True, kw_only=True)
class FormState:
    """One form of one user. Build it with `build_form_state`.

    ``values`` are the posted values together with those that follow from them. ``draft`` is what
    the server stores; `dataclasses.replace` puts in a newer one. ``known_options`` are the boxes of
    a person that the operator has found before (`tasks.recipient_lookups`).
    ``field_items`` are the checklist lines of the fields of ``form``.
    """

    kind: FormKind
    user: User
    values: FieldValues
    draft: Draft
    client_section: ClientSection
    signing_options: SigningOptions
    kind_options: KindOptions
    services: list[Service]
    form: TaskForm
    known_options: tuple[RecipientOption, ...] | None
    field_items: dict[str, ChecklistItem]

    @property
    def copied_number(self) -> str:
        return get_value(self.values, COPIED_NUMBER)

    @property
    def offer(self) -> str:
        """What the form offered when it was opened (`last_choices`)."""
        return get_value(self.values, OFFER_FIELD)

    @property
    def chosen_services(self) -> list[Service]:
        codes = set(self.values.get("services", []))
        return [service for service in self.services if service.code in codes]

    @property
    def document(self) -> AttachedDocument | None:
        return documents.build_attached_document(self.kind, self.draft.document_version)

    @property
    def same_documents(self) -> tuple[SameDocument, ...]:
        """Tasks in work that already have this document."""
        return find_same_documents(
            self.user,
            self.draft.document_version,
            inn=self.client_section.inn,
            kpp=self.client_section.kpp,
            document_number=get_value(self.values, "document_number"),
        )

    @property
    def recipient(self) -> SigningRecipient:
        """The client as the operator finds them."""
        section = self.client_section
        return SigningRecipient(inn=section.inn, kpp=section.kpp)

    @property
    def recipient_check_input(self) -> list[str]:
        """What «Проверить ящик клиента» would depend on now."""
        return recipients.build_check_input(self.recipient, self.signing_options.box)

    @property
    def recipient_choice(self) -> RecipientChoice:
        return recipients.build_choice(
            self.draft, self.recipient_check_input, self.values, self.known_options
        )

    @property
    def account_number(self) -> str:
        """The account number if it is valid, else ""."""
        return str(self.form.cleaned_data.get("account_number", ""))

    @property
    def account_check_input(self) -> list[str]:
        """What «Проверка ЛС» would depend on now."""
        account_number = compact(get_value(self.values, "account_number"))
        return account_check.build_check_input(
            account_number,
            self.client_section.inn,
            self.signing_options.region,
            self.chosen_services,
        )

    @property
    def needs_account_check(self) -> bool:
        """Whether the account could be checked now, and has not been as it stands."""
        is_possible = bool(self.account_number and self.client_section.inn)
        return is_possible and self.draft.account_checked_for != self.account_check_input

    @property
    def account_status(self) -> AccountStatus:
        return account_check.build_account_status(self.draft, self.account_check_input)

    @property
    def checklist(self) -> list[ChecklistItem]:
        """«До создания осталось», in the order of the page."""
        region = self.signing_options.region
        names = ["document_number", "document_kind"]
        if self.form.is_supplement:
            names += CONTRACT_FIELDS
        if self.chosen_services or needs_document_and_service(region):
            names.append("services")
        document_item = documents.build_document_item(self.draft.document_version, region)
        return [
            *self.client_section.checklist,
            *(self.field_items[name] for name in SIGNING_FIELDS),
            *self._recipient_items,
            *([document_item] if document_item else []),
            self._account_item,
            *(self.field_items[name] for name in names),
        ]

    @property
    def _account_item(self) -> ChecklistItem:
        """A number that has not passed «Проверка ЛС» is no reason not to create the task."""
        warning = account_check.WARNINGS[self.account_status.kind]
        return replace(self.field_items["account_number"], warning=warning)

    @property
    def has_warnings(self) -> bool:
        return any(item.has_warning for item in self.checklist)

    @property
    def _recipient_items(self) -> list[ChecklistItem]:
        """A line only for a client with several boxes: then one must be chosen."""
        choice = self.recipient_choice
        if self.form.is_signed_by_sms or not choice.has_choice:
            return []
        problems = () if choice.chosen else (recipients.SEVERAL_BOXES,)
        return [ChecklistItem("Ящик клиента", f"#{recipients.FIELD}-0", problems)]

    @property
    def is_complete(self) -> bool:
        """Whether the task can be created."""
        return all(item.done for item in self.checklist)

    @property
    def bound_forms(self) -> list[forms.Form]:
        return [*self.client_section.bound_forms, self.form]

    def build_task_data(self, client: Client, contact: Contact) -> NewTaskData:
        """The data of the task. Only for a complete form."""
        cleaned_data = self.form.cleaned_data
        is_verified = self.account_status.kind == "done"
        is_risky = any(service.fraud_risk for service in self.chosen_services)
        return NewTaskData(
            task_type=self.kind.task_type,
            client=client,
            contact=contact,
            region=cleaned_data["region"],
            sender=TaskSender(
                cleaned_data["box"], cleaned_data["signatory"], Channel(cleaned_data["channel"])
            ),
            recipient=None if self.form.is_signed_by_sms else self.recipient_choice.chosen,
            services=cleaned_data["services"],
            account_number=cleaned_data["account_number"],
            account_verified_at=self.draft.account_checked_at if is_verified else None,
            document_version=self.draft.document_version,
            document_number=cleaned_data["document_number"],
            document_kind=cleaned_data["document_kind"],
            **_contract_of(self.form),
            fraud_check_confirmed=is_risky and cleaned_data["fraud_check"],
        )


def build_form_state(
    kind: FormKind, user: User, values: FieldValues, draft: Draft, *, refresh: bool = False
) -> FormState:
    """Complete ``values``, validate them and list what is missing. Writes nothing.

    Choices that no longer fit are dropped, and an only option is chosen. With ``refresh`` CDI is
    asked about the client again, the signatories are verified now, and the way of signing stays as
    the page showed it.
    """
    # A closed draft is empty for its user: whatever is typed now is new.
    previous_values = draft.fields if draft.closed_at is None else {}
    stored_answer = CdiAnswer.from_json(draft.organisation)
    source = ClientInput(kind, values, previous_values, stored_answer, refresh)
    client_section = client_section_class(kind).build(source)
    values = client_section.values

    choices = (get_value(values, name) for name in SIGNING_FIELDS)
    signing_options = find_signing_options(user, *choices, refresh=refresh)
    values = {**values, **signing_options.field_values, **_copy_account_number(values)}
    kind_options = find_kind_options(user, kind.task_type, get_value(values, "document_kind"))
    values |= kind_options.follow_channel(values)
    recipient = SigningRecipient(inn=client_section.inn, kpp=client_section.kpp)
    known_options = find_known_options(signing_options.box, recipient)
    if not refresh:
        values |= offer_operator(values, known_options)

    services = list(Service.objects.filter(active=True))
    form = TaskForm(values, signing_options, kind_options, services)
    form.show_offer(find_offered_fields(values))
    form.is_valid()
    return FormState(
        kind=kind,
        user=user,
        values=values,
        draft=draft,
        client_section=client_section,
        signing_options=signing_options,
        kind_options=kind_options,
        services=services,
        form=form,
        known_options=known_options,
        field_items={name: build_field_item(form, name) for name in FIELDS},
    )


def _contract_of(form: TaskForm) -> dict[str, Any]:
    """The contract that a supplement belongs to; nothing for other documents."""
    if not form.is_supplement:
        return {}
    return {name: form.cleaned_data[name] for name in CONTRACT_FIELDS}


def _copy_account_number(values: FieldValues) -> FieldValues:
    """«Номер документа» follows the account number until the user edits it.

    See docs/rules.md#new-task-form.
    """
    if get_value(values, "document_number") not in {"", get_value(values, COPIED_NUMBER)}:
        return {}
    account_number = compact(get_value(values, "account_number"))[:ACCOUNT_LENGTH]
    return {"document_number": [account_number], COPIED_NUMBER: [account_number]}

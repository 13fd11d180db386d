"""The form as it stands: what was typed, what follows from it, and what is missing.

The same object draws the page, judges it, and gives the facts that the task is made of, so that
the page and the server cannot disagree.
"""

from collections.abc import Iterable
from functools import cached_property

from django import forms

from accounts.models import User
from archive.models import DocumentVersion
from clients.models import Client, Contact, Service
from clients.models.formats import ACCOUNT_LENGTH, compact
from clients.rules.account_prefix import NO_REGION_MESSAGE, WRONG_PREFIX_MESSAGE
from tasks.actions.create import NewTaskData
from tasks.channels import OperatorSender
from tasks.models import Draft
from tasks.screens.common.form_kinds import FormKind
from tasks.screens.new_task import account_check, documents
from tasks.screens.new_task.account_check import AccountStatus
from tasks.screens.new_task.cdi_answers import CdiAnswer
from tasks.screens.new_task.checklist import ChecklistItem, build_field_item
from tasks.screens.new_task.client_section import ClientSection
from tasks.screens.new_task.company_section import CompanySection
from tasks.screens.new_task.documents import AttachedDocument
from tasks.screens.new_task.field_values import FieldValues, get_value, has_value
from tasks.screens.new_task.forms import FIELDS, TaskForm, needs_document_and_service
from tasks.screens.new_task.person_section import PersonSection
from tasks.screens.new_task.signing_options import find_signing_options

COPIED_NUMBER = "copied_number"
# These two are said while the number is still being typed; the rest when it has been.
ERRORS_WHILE_TYPING = frozenset({NO_REGION_MESSAGE, WRONG_PREFIX_MESSAGE})


def client_section_class(kind: FormKind) -> type[ClientSection]:
    """The part of the form that differs by task type."""
    return PersonSection if kind.of_persons else CompanySection


def field_names(kind: FormKind) -> tuple[str, ...]:
    """Every field of the form whose contents a draft keeps."""
    return (*client_section_class(kind).names, *FIELDS, COPIED_NUMBER)


class FormState:
    """One form of one person over ``values``; ``draft`` is what the server keeps of it.

    ``values`` are settled on the way: choices that follow are made, those that no longer fit are
    dropped, the document number is copied. With ``ask`` CDI is asked about the client, and the
    signatories are judged, anew.
    """

    def __init__(
        self, kind: FormKind, user: User, values: FieldValues, draft: Draft, *, ask: bool = False
    ) -> None:
        self.kind = kind
        self.user = user
        self.draft = draft
        self.values = {name: list(found) for name, found in values.items()}
        known = CdiAnswer.from_json(draft.organisation)
        self.client_section = client_section_class(kind)(
            kind, self.values, draft.fields, known, ask=ask
        )
        self._settle_places(fresh=ask)
        self._copy_number()
        self.form = TaskForm(self.values, self.places, self.offered_services)
        self.form.is_valid()

    @cached_property
    def offered_services(self) -> list[Service]:
        return list(Service.objects.filter(active=True))

    def _settle_places(self, *, fresh: bool) -> None:
        chosen = (get_value(self.values, name) for name in ("region", "box", "signatory"))
        self.places = find_signing_options(self.user, *chosen, fresh=fresh)
        signer = self.places.signer
        settled = {
            "region": self.places.region,
            "box": self.places.box,
            "signatory": signer.signatory if signer else None,
        }
        for name, found in settled.items():
            self.values[name] = [str(found.pk)] if found else [""]

    def _copy_number(self) -> None:
        """«Номер документа» follows the account number until it is edited (manual, 4)."""
        account = compact(get_value(self.values, "account_number"))[:ACCOUNT_LENGTH]
        if get_value(self.values, "document_number") in {"", get_value(self.values, COPIED_NUMBER)}:
            self.values["document_number"] = [account]
            self.values[COPIED_NUMBER] = [account]

    # --- What is there ------------------------------------------------------------------------

    @property
    def copied_number(self) -> str:
        """The account number that the document number was copied from last."""
        return get_value(self.values, COPIED_NUMBER)

    @property
    def version(self) -> DocumentVersion | None:
        return self.draft.document_version

    @property
    def services(self) -> list[Service]:
        """The ticked ones."""
        ticked = set(self.values.get("services", []))
        return [service for service in self.offered_services if service.code in ticked]

    @property
    def risky(self) -> bool:
        """Whether the reliability check is due (manual, 4: dataport)."""
        return any(service.fraud_risk for service in self.services)

    @property
    def document(self) -> AttachedDocument | None:
        return documents.build_attached_document(self.kind, self.version)

    @property
    def account(self) -> str:
        """The account number that has passed the first check, else ""."""
        return str(self.form.cleaned_data.get("account_number", ""))

    @property
    def account_subject(self) -> list[str]:
        """What «Проверка ЛС» would be about now."""
        typed = compact(get_value(self.values, "account_number"))
        return account_check.build_check_input(
            typed, self.client_section.inn, self.places.region, self.services
        )

    @property
    def account_status(self) -> AccountStatus:
        return account_check.build_account_status(self.draft, self.account_subject)

    @property
    def approval_ahead(self) -> bool:
        """Whether the task will first wait for a head: said before it is made."""
        card = self.client_section.card
        warned = card is not None and card.needs_approval
        return warned or (self.risky and not get_value(self.values, "fraud_check"))

    # --- What is missing ----------------------------------------------------------------------

    @cached_property
    def items(self) -> list[ChecklistItem]:
        """«До создания осталось», in the order of the page."""
        places = [build_field_item(self.form, name) for name in ("region", "box", "signatory")]
        document = documents.build_document_item(self.version, self.places.region)
        names = ["account_number", "document_number", "document_kind"]
        if self.services or needs_document_and_service(self.places.region):
            names.append("services")
        rest = [build_field_item(self.form, name) for name in names]
        return [*self.client_section.items(), *places, *([document] if document else []), *rest]

    @property
    def ready(self) -> bool:
        """Whether the task can be made."""
        return all(item.done for item in self.items)

    def hide_untouched(self, active: str) -> None:
        """Leaves at the fields only what is wrong with what was typed there.

        The field ``active`` is being typed in: nothing but a wrong beginning of the account
        number is said there yet. What is missing has been listed in `items` before.
        """
        self.items  # noqa: B018 - listed while every error is there
        for form in self.all_forms:
            for name in list(form.errors):
                if not self._worth_saying(form, name, active):
                    del form.errors[name]

    @property
    def all_forms(self) -> list[forms.Form]:
        return [*self.client_section.all_forms, self.form]

    def _worth_saying(self, form: forms.Form, name: str, active: str) -> bool:
        key = form.add_prefix(name)
        if key == active:
            return not ERRORS_WHILE_TYPING.isdisjoint(form.errors[name])
        return has_value(self.values, key)

    # --- What it is made of -------------------------------------------------------------------

    def build_task_data(self, client: Client, contact: Contact) -> NewTaskData:
        """The facts of a form with nothing missing."""
        cleaned = self.form.cleaned_data
        verified = self.account_status.kind == "done"
        return NewTaskData(
            task_type=self.kind.task_type,
            client=client,
            contact=contact,
            region=cleaned["region"],
            sender=OperatorSender(cleaned["box"], cleaned["signatory"]),
            services=cleaned["services"],
            account_number=cleaned["account_number"],
            account_verified_at=self.draft.account_checked_at if verified else None,
            document_version=self.version,
            document_number=cleaned["document_number"],
            document_kind=cleaned["document_kind"],
            fraud_check_confirmed=self.risky and cleaned["fraud_check"],
        )


def build_error_list(items: Iterable[ChecklistItem]) -> list[dict[str, str]]:
    """Every problem with the link to its field, for the error summary."""
    return [
        {"href": item.href, "text": text}
        for item in items
        if not item.done
        for text in dict.fromkeys(item.problems)
    ]

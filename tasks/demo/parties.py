"""The client, contact and document of a demo task."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, count, zip_longest
from typing import Any

from accounts.models import User
from accounts.roles import TaskType
from clients import actions as client_actions
from clients.gateways.cdi import Organisation, cdi
from clients.models import Client, Contact, ContactDetails, Region, Service
from clients.rules.account_prefix import find_allowed_prefixes
from econtract.platform.common import clock
from edo.channels.protocol import RecipientOption, SigningRecipient
from tasks.channels import TaskSender
from tasks.demo import contracts
from tasks.demo.scenarios import SCENARIOS, Scenario
from tasks.models import DocumentKind

SURNAMES = (
    "Андреев", "Белов", "Волков", "Григорьев", "Денисов", "Егоров", "Жуков", "Зайцев", "Ильин",
    "Козлов", "Лебедев", "Морозов", "Никитин", "Орлов", "Павлов", "Романов", "Семенов", "Титов",
)  # fmt: skip
NAMES = ("Александр", "Борис", "Виктор", "Григорий", "Дмитрий", "Илья", "Кирилл", "Николай")
PATRONYMICS = ("Алексеевич", "Борисович", "Викторович", "Иванович", "Олегович", "Петрович")
COMPANY_WORDS = (
    "магистраль", "кедр", "вега", "парус", "гарант", "союз", "сокол", "квант", "ладья", "прогресс",
)  # fmt: skip
# Organisations that a scenario names are not given to other scenarios.
RESERVED_INNS = {scenario.inn for scenario in SCENARIOS}


class PartyFactory:
    """Creates clients and documents from the sandbox's registry; ``rng`` makes them repeatable."""

    def __init__(self, rng: random.Random) -> None:
        self.random = rng
        self.numbers = count(1)
        self.organisations = {
            TaskType.LEGAL: _find_organisations(*COMPANY_WORDS, kinds={"legal"}),
            TaskType.SELF_EMPLOYED: _find_organisations("Анна", "Иван", kinds={"self_employed"}),
            TaskType.CONTRACTOR: _find_organisations("Иван", "Ольга", kinds={"individual"}),
        }

    def pick_organisation(self, scenario: Scenario) -> Organisation:
        """The scenario's own organisation, or the next one of its type.

        Raises LookupError for an ИНН that CDI does not know.
        """
        if scenario.inn:
            organisation = cdi().get(scenario.inn)
            if organisation is None:
                raise LookupError(f"CDI does not know {scenario.inn}.")
            return organisation
        return next(self.organisations[scenario.task_type])

    def find_or_create_client(
        self, organisation: Organisation, manager: User
    ) -> tuple[Client, Contact]:
        """The organisation's client and its contact, created if missing."""
        client, _ = client_actions.find_or_create_client(organisation=organisation, actor=manager)
        contact = client.contacts.first()
        return client, contact or client_actions.add_contact(
            client=client, details=self._build_contact_details(client), actor=manager
        )

    def _build_contact_details(self, client: Client) -> ContactDetails:
        number = next(self.numbers)
        name = (client.head_name or client.short_name).split()
        if len(name) < 2:
            name = [self.random.choice(part) for part in (SURNAMES, NAMES, PATRONYMICS)]
        return ContactDetails(
            surname=name[0],
            given_name=name[1],
            patronymic=" ".join(name[2:]),
            phone=f"+7912{3450000 + number * 173:07d}",
            email=f"client{number}@{'firma' if client.kpp else 'mail'}.example",
            position="" if client.signs_in_person else client.head_position or "Директор",
            authority="" if client.signs_in_person else "Устав",
            inn=client.inn if client.signs_in_person else "",
        )

    def build_document(
        self,
        scenario: Scenario,
        client: Client,
        contact: Contact,
        account: str,
        services: list[Service],
    ) -> contracts.ContractFile:
        """A contract in the scenario's file format."""
        builders = {
            "pdf": contracts.build_pdf,
            "word": contracts.build_word,
            "sheet": contracts.build_workbook,
        }
        return builders[scenario.file_format](
            contracts.ContractTerms(
                client=client,
                signatory=str(contact),
                number=account,
                date=clock.now().date(),
                services=tuple(service.name for service in services),
                monthly_fee=self.random.randint(3, 90) * 500,
            )
        )


def _find_organisations(*words: str, kinds: set[str]) -> Iterator[Organisation]:
    """Active organisations of the registry. Results of the words alternate, so the names differ."""
    results = (cdi().search(word, limit=50) for word in words)
    used_inns = set(RESERVED_INNS)
    for organisation in filter(None, chain.from_iterable(zip_longest(*results))):
        is_suitable = organisation.kind in kinds and organisation.state == "active"
        if is_suitable and organisation.inn not in used_inns:
            used_inns.add(organisation.inn)
            yield organisation


def choose_box(sender: TaskSender, client: Client) -> RecipientOption | None:
    """The box of a person: the product leaves this choice to the manager."""
    if client.kind in {Client.Kind.LEGAL, Client.Kind.SOLE_PROPRIETOR}:
        return None
    options = sender.find_recipient_options(SigningRecipient(client.inn, client.kpp))
    return next((option for option in options if option.is_usable), None)


def find_prefix(region: Region, services: list[Service]) -> str:
    """A prefix that the services allow."""
    return min(find_allowed_prefixes(region, services))


def contract_of(scenario: Scenario) -> dict[str, Any]:
    """The contract that a supplement belongs to: concluded on paper, two years before."""
    if scenario.document_kind != DocumentKind.SUPPLEMENT:
        return {}
    concluded_on = (clock.now() - scenario.age - timedelta(days=730)).date()
    return {"contract_number": f"{concluded_on:%y}-1184", "contract_date": concluded_on}

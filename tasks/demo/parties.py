"""The client, contact and document of a demonstration task."""

import random
from collections.abc import Iterator
from itertools import chain, count, zip_longest

from accounts.models import User
from accounts.roles import TaskType
from clients import actions as client_actions
from clients.gateways.cdi import Organisation, cdi
from clients.models import Client, Contact, ContactDetails, Service
from econtract.platform.common import clock
from tasks.demo import contracts
from tasks.demo.scenarios import SCENARIOS, Scenario

SURNAMES = (
    "Андреев", "Белов", "Волков", "Григорьев", "Денисов", "Егоров", "Жуков", "Зайцев", "Ильин",
    "Козлов", "Лебедев", "Морозов", "Никитин", "Орлов", "Павлов", "Романов", "Семенов", "Титов",
)  # fmt: skip
NAMES = ("Александр", "Борис", "Виктор", "Григорий", "Дмитрий", "Илья", "Кирилл", "Николай")
PATRONYMICS = ("Алексеевич", "Борисович", "Викторович", "Иванович", "Олегович", "Петрович")
COMPANY_WORDS = (
    "магистраль", "кедр", "вега", "парус", "гарант", "союз", "сокол", "квант", "ладья", "прогресс",
)  # fmt: skip
# Organisations that a scenario names are not handed out to the others.
RESERVED_INNS = {scenario.inn for scenario in SCENARIOS}


class PartyMaker:
    """Makes parties and documents from the sandbox's registry; ``rng`` makes them repeatable."""

    def __init__(self, rng: random.Random) -> None:
        self.random = rng
        self.numbers = count(1)
        self.organisations = {
            TaskType.LEGAL: _organisations(*COMPANY_WORDS, kinds={"legal"}),
            TaskType.SELF_EMPLOYED: _organisations("Анна", "Иван", kinds={"self_employed"}),
            TaskType.CONTRACTOR: _organisations("Иван", "Ольга", kinds={"individual"}),
        }

    def organisation(self, scenario: Scenario) -> Organisation:
        """The scenario's own organisation, or the next one of its type.

        Raises LookupError for an ИНН that CDI does not know.
        """
        if scenario.inn:
            organisation = cdi().get(scenario.inn)
            if organisation is None:
                raise LookupError(f"CDI does not know {scenario.inn}.")
            return organisation
        return next(self.organisations[scenario.task_type])

    def client(self, organisation: Organisation, manager: User) -> tuple[Client, Contact]:
        """The organisation's client card and its contact, created when missing."""
        client, _ = client_actions.find_or_create_client(organisation=organisation, actor=manager)
        contact = client.contacts.first()
        return client, contact or client_actions.add_contact(
            client=client, details=self._contact_data(client), actor=manager
        )

    def _contact_data(self, client: Client) -> ContactDetails:
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

    def document(
        self,
        scenario: Scenario,
        client: Client,
        contact: Contact,
        account: str,
        services: list[Service],
    ) -> contracts.Paper:
        """A contract in the scenario's file format."""
        make = {"pdf": contracts.pdf, "word": contracts.word, "sheet": contracts.sheet}
        return make[scenario.paper](
            contracts.Terms(
                client=client,
                signer=str(contact),
                number=account,
                dated=clock.now().date(),
                services=tuple(service.name for service in services),
                monthly=self.random.randint(3, 90) * 500,
            )
        )


def _organisations(*words: str, kinds: set[str]) -> Iterator[Organisation]:
    """Active organisations of the registry; the words take turns, so that the names differ."""
    results = (cdi().search(word, limit=50) for word in words)
    seen = set(RESERVED_INNS)
    for organisation in filter(None, chain.from_iterable(zip_longest(*results))):
        is_suitable = organisation.kind in kinds and organisation.state == "active"
        if is_suitable and organisation.inn not in seen:
            seen.add(organisation.inn)
            yield organisation

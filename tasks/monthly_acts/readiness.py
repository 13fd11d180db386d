"""What keeps agents from signing, and what the manager should know before acts are made."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Max

from clients.messages.reasons import CONSENT_WITHDRAWN, explain_reason
from clients.models import Client, ClientContact, Contact, SentMessage
from clients.models.formats import mask_phone
from clients.rules.usability import check_usable, find_warning
from econtract.platform.common.refusals import Refusal
from edo.channels.simple.agreements import (
    find_contacts_who_accepted,
    find_contacts_who_withdrew,
)
from tasks.actions.create import find_valid_identification
from tasks.models import AgentListMember

# Reasons after which no SMS will ever reach the number.
DEAD_NUMBER = frozenset({"number_unknown", "bad_address"})
NO_CONTACT = Refusal(
    "agent_without_contact",
    "В карточке агента нет контактных данных.",
    "Откройте карточку и заполните их.",
)
NOT_IDENTIFIED = Refusal(
    "agent_not_identified",
    "Личность агента не подтверждена.",
    "Задание начнется с идентификации: предупредите агента о СМС со ссылкой на Госуслуги.",
)
NOT_AGREED = Refusal(
    "agent_agreement_missing",
    "Агент еще не принял соглашение об электронном взаимодействии.",
    "Он примет его на странице подписания: предупредите его.",
)
NEEDS_APPROVAL = Refusal(
    "agent_needs_approval", "Задание с этим агентом сначала согласует руководитель."
)


@dataclass(frozen=True)
class AgentReadiness:
    """An agent with what stands in the way (``problems``) and what does not (``warnings``).

    No act is made for an agent with problems. ``contact`` has its current version loaded.
    """

    member: AgentListMember
    contact: Contact | None
    problems: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]

    @property
    def client(self) -> Client:
        return self.member.client


def check_agents(members: Iterable[AgentListMember]) -> list[AgentReadiness]:
    """The readiness of ``members``, whose clients must be loaded, in their order.

    The number of queries does not depend on how many they are.
    """
    members = list(members)
    clients = [member.client_id for member in members]
    contacts = _find_contacts(clients)
    people = {contact.pk for contact in contacts.values()}
    facts = _Facts(
        accepted=find_contacts_who_accepted(people),
        withdrew=find_contacts_who_withdrew(people),
        last_messages=_find_last_messages(clients),
    )
    return [facts.build(member, contacts.get(member.client_id)) for member in members]


@dataclass(frozen=True)
class _Facts:
    """What is known of all the agents at once."""

    accepted: frozenset[int]
    withdrew: frozenset[int]
    last_messages: dict[int, SentMessage]

    def build(self, member: AgentListMember, contact: Contact | None) -> AgentReadiness:
        problems, warnings = [], []
        if reason := check_usable(member.client):
            text, fix = f"{reason}.", "Уберите агента из списка."
            problems.append(Refusal("agent_unusable", text, fix))
        if contact is None:
            problems.append(NO_CONTACT)
            return AgentReadiness(member, None, tuple(problems), ())
        if contact.pk in self.withdrew:
            problems.append(CONSENT_WITHDRAWN)
        elif contact.pk not in self.accepted:
            warnings.append(NOT_AGREED)
        if reason_code := self._find_failure(member, contact):
            refusal = explain_reason(reason_code)
            (problems if reason_code in DEAD_NUMBER else warnings).append(refusal)
        if find_valid_identification(contact) is None:
            warnings.append(NOT_IDENTIFIED)
        if member.client.needs_approval or find_warning(member.client):
            warnings.append(NEEDS_APPROVAL)
        return AgentReadiness(member, contact, tuple(problems), tuple(warnings))

    def _find_failure(self, member: AgentListMember, contact: Contact) -> str:
        """Why the last SMS did not reach the agent's present number; "" if it did."""
        message = self.last_messages.get(member.client_id)
        if message is None or message.state != SentMessage.State.FAILED:
            return ""
        # The message keeps only a masked number.
        return message.reason if message.to_masked == mask_phone(contact.phone) else ""


def _find_contacts(clients: Sequence[int]) -> dict[int, Contact]:
    """The contact of each client: agents sign in person, so they have one."""
    links = ClientContact.objects.filter(client__in=clients, contact__current__isnull=False)
    links = links.select_related("contact__current").order_by("-pk")
    return {link.client_id: link.contact for link in links}


def _find_last_messages(clients: Collection[int]) -> dict[int, SentMessage]:
    sent = SentMessage.objects.filter(client__in=clients, channel=SentMessage.Channel.SMS)
    last = sent.order_by().values("client").annotate(last=Max("pk")).values("last")
    rows = SentMessage.objects.filter(pk__in=last).only("client", "state", "reason", "to_masked")
    return {row.client_id: row for row in rows if row.client_id is not None}

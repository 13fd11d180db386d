"""The client's box among all that the operator has for their ИНН."""

import uuid
from dataclasses import replace
from typing import Any

import pytest

from edo.channels.operator import recipients
from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.diadoc.organisations import (
    parse_own_boxes,
    parse_recipient_boxes,
    to_box_guid,
)
from edo.channels.operator.exchanges import open_exchange
from edo.channels.operator.preflight import find_recipient_problems
from edo.channels.operator.sending import send
from edo.channels.operator.values import RecipientBox
from edo.channels.protocol import SigningRecipient, SigningRefused
from tests.support.sandbox import ROMASHKA
from tests.support.signing.operator_world import DOCUMENT, KPP, OperatorWorld
from tests.support.signing.pki import PDF

HEAD = RecipientBox("head", "ООО «Ромашка»", KPP)
BRANCH = RecipientBox("branch", "Филиал", "780101001", is_branch=True)
CLIENT = SigningRecipient(ROMASHKA, KPP)


class FixedGateway:
    """Only `find_recipients`."""

    def __init__(self, *candidates: RecipientBox) -> None:
        self.candidates = list(candidates)

    def find_recipients(self, box_id: str, inn: str) -> list[RecipientBox]:
        return self.candidates


def choose(*candidates: RecipientBox, client: SigningRecipient = CLIENT) -> RecipientBox:
    box: Any = type("Box", (), {"operator_box_id": "ours"})()
    gateway: Any = FixedGateway(*candidates)
    return recipients.choose_recipient_box(
        recipients.find_recipient_boxes(gateway, box, client), client
    )


def refusal(*candidates: RecipientBox, client: SigningRecipient = CLIENT) -> SigningRefused:
    with pytest.raises(SigningRefused) as caught:
        choose(*candidates, client=client)
    return caught.value


@pytest.mark.parametrize(
    "other",
    [
        replace(HEAD, box_id="twin", is_roaming=True),
        replace(HEAD, box_id="new", is_active=False),
        replace(HEAD, box_id="gone", liquidated_on="01.02.2025"),
        replace(HEAD, box_id="test", has_other_mode=True),
        replace(HEAD, department_id="sales"),
        BRANCH,
    ],
)
def test_the_clear_choice_is_made(other: RecipientBox) -> None:
    assert choose(other, HEAD) == HEAD


def test_the_branch_of_the_clients_kpp_is_chosen() -> None:
    assert choose(HEAD, BRANCH, client=SigningRecipient(ROMASHKA, "780101001")) == BRANCH
    department = RecipientBox("head", "Склад", "500101001", department_id="store")
    assert choose(HEAD, department, client=SigningRecipient(ROMASHKA, "500101001")) == department


def test_a_new_box_and_a_roaming_one_are_usable() -> None:
    """`IsActive` only says that the box has sent or signed something already."""
    new = replace(HEAD, is_active=False)
    assert choose(new) == new
    roaming = replace(HEAD, is_roaming=True, accepts_strangers=False)
    assert choose(roaming) == roaming


@pytest.mark.parametrize(
    ("candidates", "code", "text"),
    [
        ([], "no_box", "нет ящика"),
        ([replace(HEAD, liquidated_on="01.02.2025")], "recipient_liquidated", "01.02.2025"),
        ([replace(HEAD, has_other_mode=True)], "box_mode_differs", "тестовый"),
        ([HEAD, replace(HEAD, box_id="second")], "recipient_ambiguous", "несколько ящиков"),
        ([BRANCH], "recipient_ambiguous", f"нет ящика с КПП {KPP}"),
    ],
)
def test_each_unusable_case_has_an_honest_text(
    candidates: list[RecipientBox], code: str, text: str
) -> None:
    error = refusal(*candidates)
    assert error.code == code
    assert text in error.message


def test_a_box_of_a_natural_person_is_never_taken_for_a_sole_proprietors() -> None:
    person = RecipientBox("person", "Петров П. П.", is_natural_person=True)
    proprietor = RecipientBox("proprietor", "ИП Петров")
    client = SigningRecipient("500100732259", "")
    assert choose(person, proprietor, client=client) == proprietor
    assert refusal(person, client=client).code == "recipient_ambiguous"


def test_the_managers_choice_is_taken() -> None:
    second = replace(HEAD, box_id="second")
    assert choose(HEAD, second, client=replace(CLIENT, address_id="second")) == second
    department = replace(HEAD, department_id="sales")
    chosen = choose(HEAD, department, client=replace(CLIENT, address_id="head/sales"))
    assert chosen == department
    assert "больше нет" in refusal(HEAD, client=replace(CLIENT, address_id="gone")).message
    dead = replace(HEAD, box_id="dead", liquidated_on="01.02.2025")
    error = refusal(dead, HEAD, client=replace(CLIENT, address_id="dead"))
    assert error.code == "recipient_liquidated"


def test_the_options_say_what_to_expect() -> None:
    closed = replace(BRANCH, accepts_strangers=False)
    options = recipients.build_options([HEAD, closed, replace(HEAD, has_other_mode=True)], CLIENT)
    assert [option.is_usable for option in options] == [True, True, False]
    assert options[0].label == f"ООО «Ромашка», КПП {KPP}"
    assert "принять приглашение" in options[1].note
    assert "тестовый" in options[2].note


# --- Diadoc's JSON -------------------------------------------------------------------------------

GUID = "2a20f3a0-9d3f-4c4c-8f2f-111111111111"


def organisation(**more: Any) -> dict[str, Any]:
    values = {
        "OrgId": "o",
        "Inn": ROMASHKA,
        "Kpp": KPP,
        "FullName": "Общество «Ромашка»",
        "ShortName": "Ромашка",
        "IsActive": True,
        "IsTest": True,
        "Sociability": "AllOrganizations",
        "OrganizationType": "Juridical",
        "Boxes": [{"BoxId": f"{GUID.replace('-', '')}@diadoc.ru", "BoxIdGuid": GUID}],
    }
    return {**values, **more}


def test_a_box_is_known_by_its_guid() -> None:
    """The methods want the GUID; an administrator may enter either id."""
    assert to_box_guid(f"{GUID.replace('-', '')}@diadoc.ru") == GUID
    assert to_box_guid(GUID.upper()) == GUID
    assert to_box_guid("something else") == "something else"
    assert list(parse_own_boxes({"Organizations": [organisation()]})) == [GUID]
    without_guid = organisation(Boxes=[{"BoxId": f"{GUID.replace('-', '')}@diadoc.ru"}])
    [box] = parse_recipient_boxes([without_guid], own_is_test=True)
    assert box.box_id == GUID


def test_everything_that_the_operator_says_of_a_box_is_read() -> None:
    departments = [
        {"DepartmentId": "d1", "Name": "Склад", "Kpp": "500101001"},
        {"DepartmentId": "d2", "Name": "Старый", "IsDisabled": True},
    ]
    closed = organisation(Sociability="CounteragentsOnly", Departments=departments, IsBranch=True)
    box, store = parse_recipient_boxes([closed], own_is_test=False)
    assert box == RecipientBox(
        GUID, "Ромашка", KPP, accepts_strangers=False, is_branch=True, has_other_mode=True
    )
    assert (store.department_id, store.kpp, store.title) == ("d1", "500101001", "Ромашка, Склад")
    twin = organisation(IsRoaming=True, IsActive=False, LiquidationDate="2025-02-01")
    [box] = parse_recipient_boxes([twin], own_is_test=True)
    assert (box.is_roaming, box.accepts_strangers, box.is_active) == (True, False, False)
    assert box.liquidated_on == "2025-02-01"
    person = organisation(OrganizationType="PhysicalPerson", Kpp=None)
    [box] = parse_recipient_boxes([person], own_is_test=True)
    assert (box.is_natural_person, box.kpp) == (True, "")


# --- With the simulator --------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_chosen_box_gets_the_document(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    [real] = DiadocGateway().find_recipients(world.box.operator_box_id, ROMASHKA)
    boxes = [replace(real, box_id=str(uuid.uuid4()), title="Другой"), real]
    monkeypatch.setattr(DiadocGateway, "find_recipients", lambda *_: boxes)
    assert [item.code for item in find_recipient_problems(world.box, CLIENT)] == [
        "recipient_ambiguous"
    ]
    recipient = replace(CLIENT, address_id=real.box_id)
    assert find_recipient_problems(world.box, recipient) == []
    exchange = open_exchange(
        box=world.box,
        signatory=world.signatory,
        recipient=recipient,
        document=DOCUMENT,
        operation_id=uuid.uuid4(),
    )
    send(exchange=exchange, pdf=PDF)
    assert exchange.recipient_box_id == real.box_id
    assert exchange.recipient_box_title == real.title
    channel = world.channel(exchange=exchange)
    assert not channel.is_session_for(DOCUMENT)
    details = {detail.label: detail.value for detail in channel.summarize().details}
    assert details["Ящик клиента"] == real.title


@pytest.mark.django_db
def test_our_own_box_may_be_entered_by_its_long_id(world: OperatorWorld) -> None:
    """«Our box is unknown» for a GUID, or for the other id."""
    world.box.operator_box_id = f"{uuid.UUID(world.box.operator_box_id).hex}@diadoc.ru"
    world.box.save()
    assert world.send().message_id
    assert [option.is_usable for option in world.channel().find_recipient_options()] == [True]

"""«Ящик клиента»: where the client can receive the document, asked before there is a task."""

from dataclasses import asdict, dataclass
from typing import Any

from econtract.platform.common.errors import OutsideError, Unavailable
from edo.channels.protocol import RecipientOption, SigningRecipient
from edo.models import Box
from tasks.channels import TaskSender
from tasks.models import Draft
from tasks.screens.new_task.field_values import FieldValues, get_value

FIELD = "recipient"
NO_PARTIES = "Сначала выберите клиента, ЛК ЭДО и подписанта"
NO_RESPONSE = "Оператор ЭДО не отвечает. Ящик проверится при отправке"
NO_BOX = "У клиента нет ящика ни у одного оператора ЭДО с таким ИНН и КПП"
ONE_BOX = "Документ уйдет в ящик «{}»"
STRONGER = (
    "У клиента есть ящик ЭДО, поэтому предложен оператор: клиент подпишет своим сертификатом, "
    "и доказывать, чей это телефон, не придется."
)
SEVERAL_BOXES = "Ящиков несколько, выберите один"


@dataclass(frozen=True)
class RecipientChoice:
    """What is known of the client's boxes; ``options`` are empty before they were asked about.

    ``chosen`` is one of the usable options: the posted one, else the only one. ``is_looked_up``:
    nobody pressed the button, the options are of a person who would sign by SMS otherwise.
    """

    options: tuple[RecipientOption, ...] = ()
    chosen: RecipientOption | None = None
    is_known: bool = False
    is_looked_up: bool = False

    @property
    def usable(self) -> list[RecipientOption]:
        return [option for option in self.options if option.is_usable]

    @property
    def has_choice(self) -> bool:
        return len(self.usable) > 1

    @property
    def advice(self) -> str:
        """Why the operator is offered before SMS; "" where it is not."""
        return STRONGER if self.is_looked_up and self.usable else ""

    @property
    def text(self) -> str:
        """The line under the button."""
        if not self.is_known:
            return ""
        if self.has_choice:
            return SEVERAL_BOXES
        if self.usable:
            return ONE_BOX.format(self.usable[0].label)
        return self.options[0].note if self.options else NO_BOX


def build_check_input(recipient: SigningRecipient, box: Box | None) -> list[str]:
    """What the options depend on: `Draft.recipient_options_for`. A change voids them."""
    return [recipient.inn, recipient.kpp, str(box.pk) if box else ""]


def build_choice(
    draft: Draft,
    check_input: list[str],
    values: FieldValues,
    known: tuple[RecipientOption, ...] | None = None,
) -> RecipientChoice:
    """The stored options, if they are still those of the form as it is now; else ``known`` ones:
    those that a lookup has found."""
    if draft.recipient_options_for and draft.recipient_options_for == check_input:
        options = tuple(RecipientOption(**row) for row in draft.recipient_options)
    elif known is not None:
        options = known
    else:
        return RecipientChoice()
    usable = [option for option in options if option.is_usable]
    posted = get_value(values, FIELD)
    chosen = next((option for option in usable if option.id == posted), None)
    if chosen is None and len(usable) == 1:
        chosen = usable[0]
    return RecipientChoice(options, chosen, is_known=True, is_looked_up=known is not None)


def query_options(sender: TaskSender, recipient: SigningRecipient) -> list[dict[str, Any]]:
    """Ask the operator for the client's boxes, as `Draft.recipient_options` keeps them.

    Raises Unavailable when it does not answer.
    """
    try:
        options = sender.find_recipient_options(recipient)
    except Unavailable:
        raise
    except OutsideError as error:
        raise Unavailable(error.system, error.text) from error
    return [asdict(option) for option in options]

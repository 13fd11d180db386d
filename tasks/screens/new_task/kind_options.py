"""«Вид документа» in the form: which kinds are offered, and how their clients sign."""

from dataclasses import dataclass

from accounts.models import User
from accounts.roles import TaskType
from edo.channels.protocol import RecipientOption
from tasks.models import Channel, DocumentKind
from tasks.models.channel import default_channel_of_type
from tasks.screens.new_task.field_values import FieldValues, get_value
from tasks.screens.new_task.templates import asks_for_sms

# A hidden field: the channel that was last chosen by the form itself.
DEFAULT_CHANNEL = "default_channel"


@dataclass(frozen=True)
class KindOptions:
    """The kinds that the user may choose, and the one that the field holds.

    ``chosen`` may be one that is not offered any more: then ``problem`` says why. It stays in the
    list, so that a draft keeps it until the user chooses another one.
    """

    task_type: TaskType
    offered: list[DocumentKind]
    chosen: DocumentKind | None
    problem: str

    @property
    def choices(self) -> list[tuple[str, str]]:
        kinds = [(kind.code, kind.name) for kind in self.offered]
        if self.chosen is not None and self.problem:
            kinds.append((self.chosen.code, f"{self.chosen.name} (недоступен)"))
        return kinds

    def follow_channel(self, values: FieldValues) -> FieldValues:
        """The channel of the chosen template or kind, until the user chooses another channel.

        See docs/rules.md#kinds-of-documents.
        """
        if get_value(values, "channel") not in {"", get_value(values, DEFAULT_CHANNEL)}:
            return {}
        if asks_for_sms(values):
            channel = Channel.SMS
        elif self.chosen is not None:
            channel = self.chosen.channel_for(self.task_type)
        else:
            channel = default_channel_of_type(self.task_type)
        return {"channel": [channel], DEFAULT_CHANNEL: [channel]}


def offer_operator(values: FieldValues, options: tuple[RecipientOption, ...] | None) -> FieldValues:
    """The ЭДО operator instead of SMS for a person with one of the ``options`` there: a signature
    with a certificate is stronger. Until the user chooses another channel.
    """
    has_box = any(option.is_usable for option in options or ())
    if not has_box or get_value(values, "channel") != get_value(values, DEFAULT_CHANNEL):
        return {}
    return {"channel": [Channel.EDO], DEFAULT_CHANNEL: [Channel.EDO]}


def find_kind_options(user: User, task_type: TaskType, chosen_code: str) -> KindOptions:
    """The options for the kind as posted; one query."""
    kinds = {kind.code: kind for kind in DocumentKind.objects.all()}
    problems = {code: kind.find_problem(task_type, user.role_codes) for code, kind in kinds.items()}
    return KindOptions(
        task_type=task_type,
        offered=[kind for code, kind in kinds.items() if not problems[code]],
        chosen=kinds.get(chosen_code),
        problem=problems.get(chosen_code, ""),
    )

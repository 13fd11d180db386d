"""What to say to the client on the phone: «Скрипт звонка» (docs/rules.md#call-scripts)."""

import re

from tasks.channels import get_session
from tasks.models import CallScript, SigningTask
from tasks.models.call_script import default_scripts
from tasks.statuses import Status

CONTACT, MANAGER, DOCUMENT = "{контакт}", "{менеджер}", "{документ}"
PLACEHOLDERS = {
    CONTACT: "имя и отчество контактного лица",
    MANAGER: "имя и фамилия менеджера задания",
    DOCUMENT: "вид и номер документа",
}
_ANY_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def find_call_script(task: SigningTask) -> str:
    """What to say to the client of ``task`` now, with the names filled in; "" if nothing.

    The most specific script serves: that of the resolution, of how far the client has come or of
    the signing session's state in the task's channel, then that of the channel, then that of the
    status. It reads the relations
    of `tasks.channels.RELATIONS`, the manager and the contact's version.
    """
    return _fill_in(_find_text(task), task)


def _find_text(task: SigningTask) -> str:
    edited, defaults = CallScript.objects.edited_texts(), default_scripts()
    for detail in _details_of(task):
        key = (task.status, detail)
        if key in edited:
            return edited[key]
        if key in defaults:
            return defaults[key].text
    return ""


def _details_of(task: SigningTask) -> list[str]:
    """The details under which a script for ``task`` may stand, the most specific first."""
    details = []
    if task.resolution:
        details += [f"{task.channel}:{task.resolution}", task.resolution]
    session = get_session(task)
    if session is not None:
        steps = dict.fromkeys([session.progress, session.state])
        details += [f"{task.channel}:{step}" for step in steps if step]
    return [*details, task.channel, ""]


def _fill_in(text: str, task: SigningTask) -> str:
    contact = task.contact_version
    values = {
        CONTACT: " ".join(filter(None, [contact.given_name, contact.patronymic])),
        MANAGER: task.manager.get_full_name() or str(task.manager),
        DOCUMENT: f"{task.document_kind.name} № {task.document_number}",
    }
    # One pass: a name that looks like a placeholder stays as it is.
    return _ANY_PLACEHOLDER.sub(lambda match: values.get(match.group(), match.group()), text)


def find_unknown_placeholders(text: str) -> list[str]:
    """The placeholders in ``text`` that nothing would replace, each once."""
    return [
        name for name in dict.fromkeys(_ANY_PLACEHOLDER.findall(text)) if name not in PLACEHOLDERS
    ]


def list_scripts() -> list[tuple[Status, str, str]]:
    """All scripts as (status, label of the detail, text with placeholders), by the process."""
    edited = CallScript.objects.edited_texts()
    return [
        (Status(status), script.detail_label, edited.get((status, detail), script.text))
        for (status, detail), script in default_scripts().items()
    ]

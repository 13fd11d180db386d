"""«@логин» in a comment: who is meant, and whether he sees the task."""

import re

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.users import search_by_name
from accounts.visibility import viewers_of
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.models import SigningTask

# A login as Django allows it; after a letter or a dot it is the middle of an e-mail address.
_MENTION = re.compile(r"(?<![\w.+-])@(\w[\w.@+-]*)")
_PUNCTUATION = ".,-+@"
MOST = 20
UNKNOWN = "среди тех, кто видит задание, такого сотрудника нет."


def logins_in(text: str) -> list[str]:
    """The logins that ``text`` names, each once, in their order."""
    found = (login.rstrip(_PUNCTUATION) for login in _MENTION.findall(text))
    return list(dict.fromkeys(found))


def people_in(text: str, task: SigningTask) -> list[User]:
    """Whom ``text`` names. Raises ActionRefused for one who is unknown or does not see ``task``.

    The two are told apart to nobody: logins are not to be guessed here.
    """
    logins = logins_in(text)
    if len(logins) > MOST:
        text = f"В одном комментарии можно упомянуть не больше {MOST} сотрудников."
        raise ActionRefused(Refusal("too_many_mentions", text))
    if not logins:
        return []
    wanted = Q()
    for login in logins:
        wanted |= Q(username__iexact=login)
    people = list(viewers_of(task.manager_id).filter(wanted))
    known = {person.username.lower() for person in people}
    if missing := [login for login in logins if login.lower() not in known]:
        raise ActionRefused(
            *(Refusal("mention_unknown", f"@{login} – {UNKNOWN}") for login in missing)
        )
    return people


def candidates(text: str, task: SigningTask) -> QuerySet[User]:
    """Those who see ``task`` and whose surname or login begins with ``text``."""
    return search_by_name(viewers_of(task.manager_id), text.lstrip("@"))

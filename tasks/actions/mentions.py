"""«@логин» in a comment: finding the users who are mentioned."""

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
MAX_MENTIONS = 20
UNKNOWN_TEXT = "среди тех, кто видит задание, такого сотрудника нет."


def parse_logins(text: str) -> list[str]:
    """The logins that ``text`` mentions, without repeats, in their order."""
    logins = (login.rstrip(_PUNCTUATION) for login in _MENTION.findall(text))
    return list(dict.fromkeys(logins))


def find_mentioned_users(text: str, task: SigningTask) -> list[User]:
    """The users whom ``text`` mentions.

    Raises ActionRefused for a login that is unknown or whose user may not see ``task``. The
    message is the same for both, so that nobody can guess logins here.
    """
    logins = parse_logins(text)
    if len(logins) > MAX_MENTIONS:
        text = f"В одном комментарии можно упомянуть не больше {MAX_MENTIONS} сотрудников."
        raise ActionRefused(Refusal("too_many_mentions", text))
    if not logins:
        return []
    has_login = Q()
    for login in logins:
        has_login |= Q(username__iexact=login)
    users = list(viewers_of(task.manager_id).filter(has_login))
    known = {user.username.lower() for user in users}
    if unknown := [login for login in logins if login.lower() not in known]:
        raise ActionRefused(
            *(Refusal("mention_unknown", f"@{login} – {UNKNOWN_TEXT}") for login in unknown)
        )
    return users


def find_candidates(text: str, task: SigningTask) -> QuerySet[User]:
    """The users who may see ``task`` and whose surname or login begins with ``text``."""
    return search_by_name(viewers_of(task.manager_id), text.lstrip("@"))

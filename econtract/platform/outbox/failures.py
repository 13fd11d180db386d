"""The columns of `OutboxJob` that say why its last attempt failed."""

import re

from django.db import models

from econtract.platform.common.errors import NotReadyYet, OutsideError, Refused

MAX_CODE_LENGTH = 100
MAX_TEXT_LENGTH = 1000
# E-mail addresses, and numbers long enough to be a phone, an ИНН, an account or a passport.
_PERSONAL_DATA = re.compile(r"\S+@\S+|\+?\d(?:[ ()-]{0,2}\d){5,}")


class ErrorKind(models.TextChoices):
    """The labels are the names of the exceptions, as administrators have always seen them."""

    TEMPORARY = "temporary", "Unavailable"
    REFUSED = "refused", "Refused"
    NOT_READY = "not_ready", "NotReadyYet"
    UNEXPECTED = "unexpected", "Unexpected"


NO_ERROR = {"error_kind": "", "error_system": "", "error_code": "", "error_text": ""}


def error_columns(error: Exception) -> dict[str, str]:
    """The values of the error columns for ``error``, without personal data.

    The code is the other side's code of a refusal, or the class of an unexpected exception.
    """
    if isinstance(error, OutsideError):
        kind = ErrorKind.REFUSED if isinstance(error, Refused) else ErrorKind.TEMPORARY
        system, code, text = error.system, error.code, error.text
    elif isinstance(error, NotReadyYet):
        kind, system, code, text = ErrorKind.NOT_READY, "", error.code, str(error)
    else:
        # The further lines of a database error quote the row.
        text = str(error).partition("\n")[0]
        kind, system, code = ErrorKind.UNEXPECTED, "", type(error).__name__
    return {
        "error_kind": kind,
        "error_system": system,
        "error_code": code[:MAX_CODE_LENGTH],
        "error_text": _PERSONAL_DATA.sub("…", text)[:MAX_TEXT_LENGTH],
    }


def error_summary(kind: str, system: str, code: str, text: str) -> str:
    """The error in one line («Refused: edo: KEY_BLOCKED the key is blocked»), "" for none."""
    if kind == ErrorKind.UNEXPECTED:
        return f"{code}: {text}"
    label = ErrorKind(kind).label if kind else ""
    return ": ".join(filter(None, [str(label), system, f"{code} {text}".strip()]))

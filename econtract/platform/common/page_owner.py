"""For whom a page was made: a signed value in its forms that outlives the session.

A form that is sent after the end of its session can thus be kept for the user who filled it in. The
value gives no rights: it only says whose input it is.
"""

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

PAGE_OWNER_FIELD = "page_owner"
PAGE_OWNER_HEADER = "X-Page-Owner"
# A page may stay open over a holiday.
MAX_AGE_SECONDS = 30 * 24 * 60 * 60

_signer = TimestampSigner(salt="econtract.page_owner")


def sign_page_owner(request: HttpRequest) -> str:
    """The value for the pages of this request; "" for a visitor who has not logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    return _signer.sign(str(user.pk))


def read_page_owner(request: HttpRequest) -> int | None:
    """The id of the user for whom the page was made that sent this request."""
    value = request.headers.get(PAGE_OWNER_HEADER) or request.POST.get(PAGE_OWNER_FIELD, "")
    try:
        return int(_signer.unsign(value, max_age=MAX_AGE_SECONDS))
    except (BadSignature, ValueError):
        return None

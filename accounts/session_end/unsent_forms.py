"""Forms that were sent when their session had ended already: kept until the next log-in.

They are in the session of the browser, encrypted, for an hour. Only the user who filled a form in
gets it back: anybody else's log-in drops it. Files and passwords are not kept.
"""

import json
from dataclasses import asdict, dataclass

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, QueryDict

from accounts.models import User
from econtract.platform.common.encryption import get_cipher
from econtract.platform.common.page_owner import PAGE_OWNER_FIELD

UNSENT_FORMS_IN_SESSION = "unsent_forms"
LIFETIME_SECONDS = 60 * 60
MAX_FORMS = 5
MAX_LENGTH = 200_000
CIPHER_PURPOSE = "accounts.unsent_forms"
NEVER_KEPT = ("csrfmiddlewaretoken", PAGE_OWNER_FIELD)

SESSION_ENDED = "Сеанс завершился"
LOGGED_IN_AGAIN = "Страница была открыта до нового входа"
SEND_AGAIN = "Введенное вернулось в форму: проверьте и отправьте ее."
REPEAT = "Действие не выполнено: повторите его."
TOO_LONG = "Введенного было слишком много, вернуть его не удалось."
ATTACH_AGAIN = "Файлы приложите заново."


@dataclass(frozen=True)
class UnsentForm:
    """``action`` is the path to which the form was sent; ``fields`` are its names and values."""

    owner_id: int
    action: str
    fields: list[tuple[str, str]]
    had_files: bool = False
    is_too_long: bool = False

    @property
    def data(self) -> QueryDict:
        """The fields as ``request.POST`` would hold them."""
        data = QueryDict(mutable=True)
        for name, value in self.fields:
            data.appendlist(name, value)
        return data

    @property
    def advice(self) -> str:
        """What the user has to do with the form when it is back."""
        if self.is_too_long:
            return TOO_LONG
        advice = SEND_AGAIN if self.fields else REPEAT
        return f"{advice} {ATTACH_AGAIN}" if self.had_files else advice


def keep_form(request: HttpRequest, *, owner_id: int, action: str) -> None:
    """Keeps the posted form; a newer one for the same action replaces it."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NEVER_KEPT and "password" not in name
        for value in values
    ]
    is_too_long = sum(len(name) + len(value) for name, value in fields) > MAX_LENGTH
    form = UnsentForm(
        owner_id=owner_id,
        action=action,
        fields=[] if is_too_long else fields,
        had_files=any(request.FILES.values()),
        is_too_long=is_too_long,
    )
    tokens = dict(request.session.get(UNSENT_FORMS_IN_SESSION, {}))
    tokens.pop(action, None)
    tokens[action] = _encrypt(form)
    _write_tokens(request.session, dict(list(tokens.items())[-MAX_FORMS:]))
    if not request.user.is_authenticated:
        request.session.set_expiry(LIFETIME_SECONDS)


def list_unsent_forms(request: HttpRequest) -> list[UnsentForm]:
    """The forms that wait for their user, oldest first. Deletes those that are too old."""
    forms = _read_forms(request.session)
    tokens = request.session.get(UNSENT_FORMS_IN_SESSION, {})
    if len(forms) < len(tokens):
        _write_tokens(request.session, {action: tokens[action] for action in forms})
    return list(forms.values())


def discard_form(request: HttpRequest, action: str) -> None:
    """Forgets the form: the page shows its values again, or it was sent in the meantime."""
    tokens = dict(request.session[UNSENT_FORMS_IN_SESSION])
    if tokens.pop(action, None) is not None:
        _write_tokens(request.session, tokens)


def has_unsent_forms(request: HttpRequest) -> bool:
    """Whether any form waits. Decrypts nothing: every request asks."""
    return UNSENT_FORMS_IN_SESSION in request.session


def deliver_after_login(request: HttpRequest, user: User) -> None:
    """Drops the forms of other users, and tells ``user`` what happened to theirs."""
    if not has_unsent_forms(request):
        return
    forms = _read_forms(request.session)
    own = {action: form for action, form in forms.items() if form.owner_id == user.pk}
    tokens = request.session[UNSENT_FORMS_IN_SESSION]
    _write_tokens(request.session, {action: tokens[action] for action in own})
    request.session.set_expiry(None)
    if own:
        _explain(request, SESSION_ENDED, list(own.values())[-1])


def explain_stale_page(request: HttpRequest) -> None:
    """Tells a user who has logged in in another tab what happened to the form kept just now."""
    _explain(request, LOGGED_IN_AGAIN, list_unsent_forms(request)[-1])


def _explain(request: HttpRequest, cause: str, form: UnsentForm) -> None:
    # Silently where there are no messages: a log-in need not come from a page.
    messages.warning(request, f"{cause}. {form.advice}", fail_silently=True)


def take_form(request: HttpRequest, path: str, *, field: str) -> UnsentForm | None:
    """The latest form with ``field`` that was sent to ``path`` or below; it is kept no longer."""
    if request.method != "GET" or not has_unsent_forms(request):
        return None
    own = [
        form
        for form in list_unsent_forms(request)
        if form.owner_id == request.user.pk and form.action.startswith(path) and field in form.data
    ]
    for form in own:
        discard_form(request, form.action)
    return own[-1] if own else None


def _read_forms(session: SessionBase) -> dict[str, UnsentForm]:
    """By action, without those that are older than an hour."""
    tokens = session.get(UNSENT_FORMS_IN_SESSION, {})
    forms = {action: _decrypt(token) for action, token in tokens.items()}
    return {action: form for action, form in forms.items() if form is not None}


def _write_tokens(session: SessionBase, tokens: dict[str, str]) -> None:
    if tokens:
        session[UNSENT_FORMS_IN_SESSION] = tokens
    else:
        session.pop(UNSENT_FORMS_IN_SESSION, None)


def _encrypt(form: UnsentForm) -> str:
    return get_cipher(CIPHER_PURPOSE).encrypt(json.dumps(asdict(form)).encode()).decode()


def _decrypt(token: str) -> UnsentForm | None:
    """None for a form that is older than an hour, or was encrypted with another SECRET_KEY."""
    try:
        content = get_cipher(CIPHER_PURPOSE).decrypt(token.encode(), ttl=LIFETIME_SECONDS)
    except InvalidToken:
        return None
    values = json.loads(content)
    return UnsentForm(**{**values, "fields": [tuple(field) for field in values["fields"]]})

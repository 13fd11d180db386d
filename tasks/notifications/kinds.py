"""The kinds of notification about tasks, in the order of the preferences page."""

from typing import Any

from django.urls import reverse

from econtract.platform.listing.exports import EXPORT_KIND, EXPORT_SOURCE
from econtract.platform.notifications.registry import NotificationKind

# The beginning of the `source` of a notification about a list of accredited authorities.
TRUST_LIST_SOURCE = "trust-list"


def _get_expiry_url(source: str, user: Any) -> str:
    return reverse("admin:tasks_signingtask_expiring") if user.is_administrator else ""


def _get_trust_url(source: str, user: Any) -> str:
    """The page of the list of authorities, or that of all lists that are stale."""
    if not user.is_administrator:
        return ""
    name, _, pk = source.partition(":")
    if name == TRUST_LIST_SOURCE:
        return reverse("admin:edo_trustlist_change", args=[pk])
    return reverse("admin:tasks_signingtask_expiring")


def _get_outbox_url(source: str, user: Any) -> str:
    return reverse("admin:outbox_outboxjob_changelist") if user.is_administrator else ""


def _get_export_url(source: str, user: Any) -> str:
    is_ready = source.startswith(EXPORT_SOURCE)
    key = source.removeprefix(EXPORT_SOURCE)
    return reverse("reports:export", args=[key]) if is_ready else ""


def _get_batch_url(source: str, user: Any) -> str:
    """``source`` is «batch:<pk>:…»."""
    return reverse("batches:page", args=[source.split(":")[1]])


SIGNED = NotificationKind("signed", "Клиент подписал документ", "circle-check")
REFUSED = NotificationKind("refused", "Клиент отказался", "circle-x")
ERROR = NotificationKind("error", "Ошибка в задании", "alert-triangle")
REVIEW = NotificationKind("review", "Подпись клиента проверяет администратор", "shield-check")
AUTHORITY = NotificationKind("authority", "Пришли документы о полномочиях", "file")
RECEIVED = NotificationKind("given", "Задание передано вам", "user-plus")
# The recipient may no longer see the task, so they get only its number and the colleague's name.
TAKEN = NotificationKind(
    "left", "Ваше задание передано другому", "arrows-exchange", about_recipient=True
)
COMMENT = NotificationKind("comment", "Новый комментарий", "message")
MENTION = NotificationKind("mention", "Вас упомянули в комментарии", "message")
APPROVAL = NotificationKind("approval", "Согласование", "checklist")
EXPIRY = NotificationKind(
    "expiry",
    "Истекает сертификат или МЧД",
    "shield-check",
    for_administrators=True,
    title="Сертификаты и МЧД",
    link=_get_expiry_url,
)
TRUST = NotificationKind(
    "trust",
    "Устарел или изменился список УЦ",
    "shield-check",
    for_administrators=True,
    title="Удостоверяющие центры",
    link=_get_trust_url,
)
TIMESTAMPS = NotificationKind(
    "timestamps",
    "Не обновлены штампы времени пакетов",
    "alert-triangle",
    for_administrators=True,
    title="Штампы времени пакетов",
    link=_get_outbox_url,
)
EXPORT = NotificationKind(
    EXPORT_KIND,
    "Выгрузка в Excel",
    "file-spreadsheet",
    about_recipient=True,
    mandatory=True,
    title="Выгрузка в Excel",
    link=_get_export_url,
)

BATCH = NotificationKind(
    "batch",
    "Массовый прогон завершен",
    "checklist",
    about_recipient=True,
    title="Массовые прогоны",
    link=_get_batch_url,
)

KINDS = (
    SIGNED,
    REFUSED,
    ERROR,
    REVIEW,
    AUTHORITY,
    RECEIVED,
    TAKEN,
    COMMENT,
    MENTION,
    APPROVAL,
    EXPIRY,
    TRUST,
    TIMESTAMPS,
    EXPORT,
    BATCH,
)

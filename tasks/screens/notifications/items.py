"""The page of notifications, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from accounts.visibility import sight_of
from econtract.platform.common.formatting import moment
from tasks.models.lists import Export
from tasks.models.notification_kinds import ICONS, Kind
from tasks.models.notifications import Notification


@dataclass(frozen=True)
class Item:
    """One notification; ``url`` is "" where there is nothing that the person may open."""

    pk: int
    kind: str
    icon: str
    title: str
    text: str
    time: str
    iso: str
    url: str
    unread: bool


def items(found: Iterable[Notification], user: User) -> list[Item]:
    """``found`` (with `task__client`) as ``user`` reads them."""
    return [_item(one, user) for one in found]


def _item(one: Notification, user: User) -> Item:
    kind, title = Kind(one.kind), _title(one, user)
    return Item(
        pk=one.pk,
        kind="" if kind.label in {one.text, title} else str(kind.label),
        icon=ICONS[kind],
        title=title,
        text=one.text,
        time=moment(one.created_at),
        iso=one.created_at.isoformat(timespec="seconds"),
        url=_url(one, user),
        unread=one.read_at is None,
    )


def _title(one: Notification, user: User) -> str:
    if one.kind == Kind.EXPORT:
        return str(Kind.EXPORT.label)
    if one.task is None:
        return "Сертификаты и МЧД"
    if not sight_of(user).covers(one.task.manager_id):
        return f"Задание {one.task_id}"
    return f"Задание {one.task_id} · {one.task.client.short_name}"


def _url(one: Notification, user: User) -> str:
    if one.kind == Kind.EXPORT:
        made = one.source.startswith(Export.SOURCE)
        pk = one.source.removeprefix(Export.SOURCE)
        return reverse("reports:export", args=[pk]) if made else ""
    if one.task is None:
        return reverse("admin:tasks_signingtask_expiring") if user.is_administrator else ""
    return one.task.get_absolute_url() if sight_of(user).covers(one.task.manager_id) else ""

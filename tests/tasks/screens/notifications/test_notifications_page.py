"""«Уведомления»: the bell, the page, the preferences, mentions on the card."""

from typing import Any

from django.test import Client

from accounts.models import User
from econtract.platform.notifications.models import MailFrequency, Notification
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.notifications.kinds import KINDS
from tasks.statuses import Status
from tasks.transitions import Actor
from tests.support.cards import text_of
from tests.support.factories import ExchangeFactory, SigningTaskFactory
from tests.support.people import People, browser_of


def sign_task(owner: User) -> SigningTask:
    task: SigningTask = SigningTaskFactory(
        manager=owner, status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory()
    )
    return perform(task.number, "client_signed", actor=Actor.CLIENT)


def page(web: Client, address: str = "/notifications/") -> Any:
    response = web.get(address)
    assert response.status_code == 200
    return response


def test_the_bell_and_the_title_show_the_number_of_unread_notifications(
    owner: User, web: Client
) -> None:
    assert "<title>Уведомления" in page(web).content.decode()
    sign_task(owner), sign_task(owner)
    response = page(web)
    assert "<title>(2) Уведомления" in response.content.decode()
    assert "/notifications/live/?seen=2" in response.content.decode()


def test_the_poll_is_empty_until_the_number_changes(owner: User, web: Client) -> None:
    assert web.get("/notifications/live/?seen=").status_code == 204
    sign_task(owner)
    response = web.get("/notifications/live/?seen=")
    assert 'id="bell"' in response.content.decode()
    assert "announce" in response.headers["HX-Trigger"]
    assert web.get("/notifications/live/?seen=1").status_code == 204
    assert "HX-Trigger" not in web.get("/notifications/live/?seen=2").headers


def test_notifications_are_marked_read_one_by_one_by_opening_or_all_at_once(
    owner: User, web: Client
) -> None:
    tasks = [sign_task(owner) for _ in range(3)]
    page(web, f"/tasks/{tasks[2].number}/")  # opening the card marks its notifications read
    response = page(web)
    assert [item.title.split(" ·")[0] for item in response.context["unread"]] == [
        f"Задание {tasks[1].number}",
        f"Задание {tasks[0].number}",
    ]
    assert [item.title.split(" ·")[0] for item in response.context["read"]] == [
        f"Задание {tasks[2].number}"
    ]
    web.post(f"/notifications/{response.context['unread'][0].pk}/read/")
    late = sign_task(owner)
    newest = page(web).context["unread"][1].pk
    # A notification that came after the page stays unread.
    web.post("/notifications/read-all/", {"newest": newest})
    unread = page(web).context["unread"]
    assert [item.url for item in unread] == [f"/tasks/{late.number}/"]


def test_read_notifications_are_paged_by_key(owner: User, web: Client) -> None:
    task = sign_task(owner)
    Notification.objects.bulk_create(
        Notification(
            recipient=owner,
            kind="comment",
            subject_type="task",
            subject_id=task.pk,
            text=f"Комментарий {number}",
            source=f"test:{number}",
            read_at=task.updated_at,
        )
        for number in range(30)
    )
    first = page(web)
    assert len(first.context["read"]) == 25
    second = page(web, f"/notifications/?before={first.context['older']}")
    assert [item.text for item in second.context["read"]] == [
        f"Комментарий {number}" for number in (4, 3, 2, 1, 0)
    ]
    assert second.context["unread"] == []
    assert page(web, "/notifications/?before=nonsense").context["unread"]


def test_users_cannot_read_or_mark_notifications_of_others(people: People, owner: User) -> None:
    sign_task(owner)
    notification = Notification.objects.get()
    mate = browser_of(people["mate"])
    assert mate.post(f"/notifications/{notification.pk}/read/").status_code == 404
    mate.post("/notifications/read-all/", {"newest": notification.pk})
    notification.refresh_from_db()
    assert notification.read_at is None
    assert "Задание" not in text_of(page(mate)).split("Уведомления", 2)[2]


def test_each_kind_has_its_own_preferences(people: People, owner: User, web: Client) -> None:
    assert "Истекает сертификат" not in text_of(page(web, "/notifications/settings/"))
    administrator = browser_of(people["administrator"])
    assert "Истекает сертификат" in text_of(page(administrator, "/notifications/settings/"))
    preferences = {f"mail_{kind.code}": "never" for kind in KINDS if kind.code != "expiry"} | {
        "bell_comment": "on"
    }
    assert web.post("/notifications/settings/", preferences).status_code == 302
    sign_task(owner)
    assert not Notification.objects.exists()
    response = page(web, "/notifications/settings/")
    assert response.context["form"]["mail_signed"].value() == MailFrequency.NEVER
    assert web.post("/notifications/settings/", {"mail_signed": "hourly"}).status_code == 422


def test_a_comment_that_mentions_a_user_without_access_is_refused(owner: User, web: Client) -> None:
    task = SigningTaskFactory(manager=owner)
    response = web.post(f"/tasks/{task.number}/comment/", {"text": "Спросите @neighbour"})
    assert response.status_code == 422
    assert "@neighbour – среди тех, кто видит задание" in text_of(response)
    assert "Спросите @neighbour" in text_of(response)


def test_users_who_see_the_task_are_suggested_by_surname_or_login(
    people: People, owner: User, web: Client
) -> None:
    task = SigningTaskFactory(manager=owner)
    suggestions = web.get(f"/tasks/{task.number}/people/?q=lea").content.decode()
    assert 'data-value="lead"' in suggestions
    assert 'data-value="foreign_lead"' not in suggestions
    by_name = web.get(f"/tasks/{task.number}/people/?q={people['mate'].last_name.lower()}")
    assert 'data-value="mate"' in by_name.content.decode()
    assert browser_of(people["neighbour"]).get(f"/tasks/{task.number}/people/").status_code == 404

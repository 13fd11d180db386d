"""«Уведомления»: the bell, the page, what a person wants to be told of, mentions on the card."""

from typing import Any

from django.test import Client

from accounts.models import User
from econtract.platform.notifications.models import MailFrequency, Notification
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.notifications.kinds import KINDS
from tasks.statuses import Status
from tasks.transitions import Actor
from tests.support.factories import ExchangeFactory, SigningTaskFactory
from tests.support.people import People, browser_of
from tests.tasks.screens.card.test_card import text_of


def signed(owner: User) -> SigningTask:
    task: SigningTask = SigningTaskFactory(
        manager=owner, status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory()
    )
    return perform(task.number, "client_signed", actor=Actor.CLIENT)


def page(web: Client, address: str = "/notifications/") -> Any:
    response = web.get(address)
    assert response.status_code == 200
    return response


def test_the_bell_and_the_title_say_how_much_is_unread(owner: User, web: Client) -> None:
    assert "<title>Уведомления" in page(web).content.decode()
    signed(owner), signed(owner)
    response = page(web)
    assert "<title>(2) Уведомления" in response.content.decode()
    assert "/notifications/live/?seen=2" in response.content.decode()


def test_the_poll_answers_nothing_until_the_figure_changes(owner: User, web: Client) -> None:
    assert web.get("/notifications/live/?seen=").status_code == 204
    signed(owner)
    response = web.get("/notifications/live/?seen=")
    assert 'id="bell"' in response.content.decode()
    assert "announce" in response.headers["HX-Trigger"]
    assert web.get("/notifications/live/?seen=1").status_code == 204
    assert "HX-Trigger" not in web.get("/notifications/live/?seen=2").headers


def test_unread_ones_stand_first_and_are_read_singly_by_opening_or_all_together(
    owner: User, web: Client
) -> None:
    tasks = [signed(owner) for _ in range(3)]
    page(web, f"/tasks/{tasks[2].number}/")  # whoever sees the card has read it
    response = page(web)
    assert [one.title.split(" ·")[0] for one in response.context["unread"]] == [
        f"Задание {tasks[1].number}",
        f"Задание {tasks[0].number}",
    ]
    assert [one.title.split(" ·")[0] for one in response.context["read"]] == [
        f"Задание {tasks[2].number}"
    ]
    web.post(f"/notifications/{response.context['unread'][0].pk}/read/")
    late = signed(owner)
    newest = page(web).context["unread"][1].pk
    # What came after the page was drawn stays unread.
    web.post("/notifications/read-all/", {"newest": newest})
    left = page(web).context["unread"]
    assert [one.url for one in left] == [f"/tasks/{late.number}/"]


def test_read_ones_are_paged_by_key(owner: User, web: Client) -> None:
    task = signed(owner)
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
    assert [one.text for one in second.context["read"]] == [
        f"Комментарий {number}" for number in (4, 3, 2, 1, 0)
    ]
    assert second.context["unread"] == []
    assert page(web, "/notifications/?before=nonsense").context["unread"]


def test_nobody_reads_or_marks_what_is_anothers(people: People, owner: User) -> None:
    signed(owner)
    one = Notification.objects.get()
    mate = browser_of(people["mate"])
    assert mate.post(f"/notifications/{one.pk}/read/").status_code == 404
    mate.post("/notifications/read-all/", {"newest": one.pk})
    one.refresh_from_db()
    assert one.read_at is None
    assert "Задание" not in text_of(page(mate)).split("Уведомления", 2)[2]


def test_a_person_chooses_kind_by_kind(people: People, owner: User, web: Client) -> None:
    assert "Истекает сертификат" not in text_of(page(web, "/notifications/settings/"))
    administrator = browser_of(people["administrator"])
    assert "Истекает сертификат" in text_of(page(administrator, "/notifications/settings/"))
    wanted = {f"mail_{kind.code}": "never" for kind in KINDS if kind.code != "expiry"} | {
        "bell_comment": "on"
    }
    assert web.post("/notifications/settings/", wanted).status_code == 302
    signed(owner)
    assert not Notification.objects.exists()
    response = page(web, "/notifications/settings/")
    assert response.context["form"]["mail_signed"].value() == MailFrequency.NEVER
    assert web.post("/notifications/settings/", {"mail_signed": "hourly"}).status_code == 422


def test_a_comment_that_names_a_stranger_comes_back_with_the_reason(
    owner: User, web: Client
) -> None:
    task = SigningTaskFactory(manager=owner)
    response = web.post(f"/tasks/{task.number}/comment/", {"text": "Спросите @neighbour"})
    assert response.status_code == 422
    assert "@neighbour – среди тех, кто видит задание" in text_of(response)
    assert "Спросите @neighbour" in text_of(response)


def test_those_who_see_the_task_are_offered_by_surname_or_login(
    people: People, owner: User, web: Client
) -> None:
    task = SigningTaskFactory(manager=owner)
    found = web.get(f"/tasks/{task.number}/people/?q=lea").content.decode()
    assert 'data-value="lead"' in found
    assert 'data-value="foreign_lead"' not in found
    by_name = web.get(f"/tasks/{task.number}/people/?q={people['mate'].last_name.lower()}")
    assert 'data-value="mate"' in by_name.content.decode()
    assert browser_of(people["neighbour"]).get(f"/tasks/{task.number}/people/").status_code == 404

"""Region, box, signatory and document kind are offered as in the last task."""

import pytest

from accounts.models import User
from clients.models import Region
from edo.models import Box, Signatory
from tasks.models import Draft
from tests.support.factories import BoxFactory, SigningTaskFactory
from tests.support.factories_clients import RegionFactory
from tests.tasks.screens.new_task.conftest import FormPage, get_text

HINT = "Как в прошлом задании"


@pytest.fixture
def form(
    company: FormPage, manager: User, region: Region, box: Box, signatory: Signatory
) -> FormPage:
    """An empty form of a manager with two regions who has created a task."""
    other = RegionFactory()
    manager.regions.add(other)
    signatory.boxes.add(BoxFactory(regions=[region, other]))
    SigningTaskFactory(manager=manager, region=region, box=box, signatory=signatory)
    return company


def test_the_choices_of_the_last_task_are_offered_until_they_are_changed(
    form: FormPage, region: Region, box: Box, signatory: Signatory
) -> None:
    page = get_text(form.open())
    assert page.count(HINT) == 4
    assert f'name="offer" value="region={region.pk}&amp;box={box.pk}&amp;signatory=' in page
    offer = f"region={region.pk}&box={box.pk}&signatory={signatory.pk}&document_kind=contract"
    saved = get_text(form.save(offer=offer, document_kind="act"))
    assert saved.count(HINT) == 3


def test_an_offer_is_nothing_to_restore(form: FormPage, region: Region, box: Box) -> None:
    empty = {"region": str(region.pk), "box": str(box.pk), "document_kind": "contract"}
    form.open_another_page(**empty, offer=f"region={region.pk}").save()
    assert Draft.objects.exists()
    assert "Есть несохраненные данные" not in get_text(form.open())


def test_a_signatory_who_cannot_sign_any_more_is_not_offered(
    form: FormPage, signatory: Signatory, problems: dict[str, str]
) -> None:
    problems[signatory.surname] = "Доверенность отозвана"
    page = get_text(form.open())
    signatories = page.partition('<select name="signatory"')[2].partition("</select>")[0]
    assert "Доверенность отозвана" in signatories
    assert f'value="{signatory.pk}" selected' not in signatories
    assert page.count(HINT) == 3

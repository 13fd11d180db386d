"""«Регион инсталляции» → «ЛК ЭДО» → «Подписант» (docs/rules.md#new-task-form)."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse

from accounts.models import User
from clients.models import Region
from edo.models import Box, Signatory
from tasks.screens.new_task.signing_options import SigningOptions, find_signing_options
from tests.support.factories import BoxFactory, SignatoryFactory
from tests.support.factories_clients import RegionFactory
from tests.tasks.screens.new_task.conftest import FormPage, get_task, get_text

Attach = Callable[[FormPage], HttpResponse]


@pytest.fixture
def north(manager: User) -> Region:
    region: Region = RegionFactory(name="Мурманская область", mrf="Северо-Запад")
    manager.regions.add(region)
    return region


@pytest.fixture
def north_box(north: Region) -> Box:
    return BoxFactory(name="Северо-Запад", operator_box_id="box-north", regions=[north])


@pytest.fixture
def northerner(north_box: Box) -> Signatory:
    return SignatoryFactory(surname="Белов", key_ref="key-belov", boxes=[north_box])


def names(options: SigningOptions) -> tuple[list[str], list[str], list[str]]:
    return (
        [region.name for region in options.regions],
        [box.name for box in options.boxes],
        [option.signatory.surname for option in options.signatories],
    )


def test_an_only_region_box_and_signatory_are_chosen(
    manager: User, region: Region, box: Box, signatory: Signatory
) -> None:
    options = find_signing_options(manager, "", "", "")
    assert (options.region, options.box, options.signatory) == (region, box, signatory)


def test_the_region_narrows_boxes_and_signatories(
    manager: User, box: Box, north: Region, north_box: Box, northerner: Signatory
) -> None:
    all_options = find_signing_options(manager, "", "", "")
    assert [len(rows) for rows in names(all_options)] == [2, 2, 2]
    assert all_options.region is all_options.box is all_options.signatory is None
    narrowed = find_signing_options(manager, str(north.pk), "", "")
    assert names(narrowed)[1:] == (["Северо-Запад"], ["Белов"])
    assert len(narrowed.regions) == 2
    assert narrowed.signatory == northerner


def test_a_box_chosen_first_narrows_the_regions(
    manager: User, north: Region, north_box: Box, northerner: Signatory
) -> None:
    options = find_signing_options(manager, "", str(north_box.pk), "")
    assert names(options) == (["Мурманская область"], ["Северо-Запад"], ["Белов"])
    assert options.region == north


def test_a_signatory_chosen_first_narrows_boxes_and_regions(
    manager: User, north: Region, northerner: Signatory
) -> None:
    options = find_signing_options(manager, "", "", str(northerner.pk))
    assert names(options) == (["Мурманская область"], ["Северо-Запад"], ["Белов"])
    assert options.signatory == northerner


def test_a_choice_that_no_longer_fits_the_region_is_dropped(
    manager: User, north: Region, north_box: Box, northerner: Signatory, box: Box
) -> None:
    signatory = box.signatories.get()
    options = find_signing_options(manager, str(north.pk), str(box.pk), str(signatory.pk))
    assert (options.box, options.signatory) == (north_box, northerner)


def test_regions_of_others_are_not_offered(manager: User, region: Region) -> None:
    foreign = RegionFactory(name="Чужая область")
    BoxFactory(name="Чужой", operator_box_id="box-foreign", regions=[foreign])
    options = find_signing_options(manager, str(foreign.pk), "", "")
    assert options.region == region
    assert names(options)[0] == [region.name]


@pytest.mark.parametrize("what", ["region", "box", "signatory"])
def test_inactive_rows_are_not_offered(
    what: str, manager: User, request: pytest.FixtureRequest
) -> None:
    row = request.getfixturevalue(what)
    row.active = False
    row.save()
    assert getattr(find_signing_options(manager, "", "", ""), what) is None


@pytest.mark.parametrize("nonsense", ["x", "-1", "99999999999999999999", "\x00"])
def test_a_malformed_key_chooses_nothing(
    nonsense: str, manager: User, north: Region, northerner: Signatory
) -> None:
    options = find_signing_options(manager, nonsense, nonsense, nonsense)
    assert options.region is None


def test_a_signatory_with_an_expired_certificate_cannot_be_chosen(
    company: FormPage, problems: dict[str, str], signatory: Signatory
) -> None:
    problems["Сидоров"] = "Сертификат подписанта истек 20.11.2026."
    signatories = get_text(company.save()).partition('<select name="signatory"')[2]
    option = signatories.partition(f'value="{signatory.pk}"')[2].partition("</option>")[0]
    assert "disabled" in option
    assert "Сертификат подписанта истек 20.11.2026" in option
    response = company.create()
    assert response.status_code == 422
    assert '<a href="#id_signatory">Сертификат подписанта истек 20.11.2026</a>' in get_text(
        response
    )


def test_the_signatory_is_verified_again_at_the_creation(
    company: FormPage, attach: Attach, problems: dict[str, str]
) -> None:
    attach(company)
    problems["Сидоров"] = "МЧД отозвана."
    assert "Все готово" in get_text(company.save())
    assert company.create().status_code == 422


def test_the_only_signatory_who_may_sign_is_chosen(
    manager: User, box: Box, problems: dict[str, str]
) -> None:
    SignatoryFactory(surname="Белов", key_ref="key-belov", boxes=[box])
    problems["Сидоров"] = "МЧД истекла 20.11.2026."
    options = find_signing_options(manager, "", "", "")
    assert options.signatory is not None
    assert options.signatory.surname == "Белов"


def test_a_manager_without_regions_sees_how_to_request_them(
    company: FormPage, manager: User
) -> None:
    manager.regions.clear()
    page = get_text(company.open())
    assert "Регионы вам пока не открыты" in page
    assert "Услуга: E-Contract: Техническая поддержка" in page
    assert f"Логин: {manager.username}" in page
    assert "https://helpme.example" in page
    assert '<select name="region"' not in page
    assert company.create().status_code == 422


def test_the_task_gets_the_chosen_region_box_and_signatory(
    company: FormPage, attach: Attach, region: Region, box: Box, signatory: Signatory
) -> None:
    attach(company)
    company.create()
    task = get_task()
    assert (task.region, task.box, task.signatory) == (region, box, signatory)

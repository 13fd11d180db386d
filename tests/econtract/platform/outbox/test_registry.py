"""Registration of job kinds: title, system and caption are required."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from econtract.platform.outbox import registry
from econtract.platform.outbox.registry import JobKind

COMPLETE = {
    "kind": "new_kind",
    "title": "Новое действие",
    "system": "edo",
    "caption_when_parked": "Новое действие не выполнено",
}


@pytest.fixture(autouse=True)
def _restore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_job_kinds", dict(registry._job_kinds))


@pytest.mark.parametrize("missing", COMPLETE)
def test_a_job_kind_without_a_caption_is_refused(missing: str) -> None:
    attributes = {name: value for name, value in COMPLETE.items() if name != missing}
    with pytest.raises(ImproperlyConfigured, match=f"NewKind does not set {missing}"):
        registry.register(type("NewKind", (JobKind,), attributes))


@pytest.mark.parametrize("empty", ["kind", "title", "caption_when_parked"])
def test_a_job_kind_with_an_empty_caption_is_refused(empty: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NewKind has an empty"):
        registry.register(type("NewKind", (JobKind,), COMPLETE | {empty: ""}))


def test_a_kind_is_registered_once() -> None:
    job_kind = type("NewKind", (JobKind,), COMPLETE)
    registry.register(job_kind)
    assert registry.title_of("new_kind") == "Новое действие"
    with pytest.raises(ImproperlyConfigured, match="twice"):
        registry.register(job_kind)


def test_a_job_kind_can_have_no_caption() -> None:
    registry.register(type("NewKind", (JobKind,), COMPLETE | {"caption_when_parked": None}))
    assert registry.job_kind("new_kind").caption_when_parked is None

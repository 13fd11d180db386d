"""Refusals: a stable code for machines, sentences for people."""

import ast
import re
from collections import Counter

import pytest

from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tests.support.paths import ROOT

APPS = ("accounts", "archive", "clients", "econtract", "edo", "tasks")
SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def literal_codes() -> list[str]:
    """The code of every `Refusal("code", …)` that the product constructs."""
    return [
        node.args[0].value
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Refusal"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]


def test_codes_are_snake_case_and_each_means_one_thing() -> None:
    codes = literal_codes()
    assert len(codes) > 30
    assert [code for code in codes if not SNAKE_CASE.fullmatch(code)] == []
    assert [code for code, count in Counter(codes).items() if count > 1] == []


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        (Refusal("a", "Нельзя."), "Нельзя."),
        (Refusal("a", "Нельзя.", "Подождите."), "Нельзя. Подождите."),
    ],
)
def test_a_page_shows_the_text_and_the_fix(refusal: Refusal, message: str) -> None:
    assert str(refusal) == refusal.message == message


def test_an_error_carries_every_refusal() -> None:
    error = ActionRefused(Refusal("a", "Раз.", "Так."), Refusal("b", "Два."))
    assert [refusal.code for refusal in error.refusals] == ["a", "b"]
    assert error.messages == ["Раз. Так.", "Два."]
    assert str(error) == "Раз. Так. Два."

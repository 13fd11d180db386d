"""The strict parser finds every kind of mistake."""

from typing import Any

import pytest

from econtract.sandbox.edo.wire.schema import load_schema
from tests.support.diadoc.schema import find_problems

LABELS = {"required", "optional", "repeated"}
SCALARS = {"string", "bytes", "bool", "int32", "sfixed32", "sfixed64"}
BOX = {"BoxId": "1@diadoc.ru", "BoxIdGuid": "1", "Title": "Ящик"}


def test_the_schema_names_its_version_and_is_complete() -> None:
    schema = load_schema()
    assert schema.version == "diadocsdk-csharp 3.35.0"
    known_types = SCALARS | schema.messages.keys() | schema.enums.keys()
    for fields in schema.messages.values():
        assert {field.label for field in fields.values()} <= LABELS
        assert {field.type for field in fields.values()} <= known_types
        numbers = [field.number for field in fields.values()]
        assert len(numbers) == len(set(numbers))


def test_a_valid_body_has_no_problems() -> None:
    assert find_problems(BOX, "Box") == []


@pytest.mark.parametrize(
    ("body", "message", "problem"),
    [
        ([], "Box", "Box: an object expected"),
        ({**BOX, "Color": 1}, "Box", "Box.Color: unknown field"),
        ({"BoxId": "1", "BoxIdGuid": "1"}, "Box", "Box.Title: required"),
        ({**BOX, "Title": None}, "Box", "Box.Title: string expected"),
        ({**BOX, "Title": 5}, "Box", "Box.Title: string expected"),
        ({**BOX, "EncryptedDocumentsAllowed": 1}, "Box", "expected"),
        ({**BOX, "InvoiceFormatVersion": "v6"}, "Box", "'v6' is no"),
        ({"Organizations": {}}, "OrganizationList", "a list expected"),
        ({"Size": True}, "Content", "Content.Size: sfixed32 expected"),
        ({"Size": 1 << 31}, "Content", "Content.Size: sfixed32 expected"),
        ({"Size": 1, "Data": "%"}, "Content", "Content.Data: bytes expected"),
        ({"Ticks": "1"}, "Timestamp", "Timestamp.Ticks: sfixed64 expected"),
    ],
)
def test_a_mistake_is_found(body: Any, message: str, problem: str) -> None:
    [text] = find_problems(body, message)
    assert problem in text


def test_a_mistake_deep_inside_has_its_path() -> None:
    body = {"Counteragents": [{"Organization": {"Boxes": [{**BOX, "Title": 1}]}}]}
    path = "CounteragentList.Counteragents[0].Organization.Boxes[0].Title"
    assert f"{path}: string expected" in find_problems(body, "CounteragentList")

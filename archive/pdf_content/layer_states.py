"""Which layers (optional content groups) of a PDF are shown."""

from collections.abc import Iterable
from typing import Any

import pikepdf

_MAX_DEPTH = 20


class LayerStates:
    """The states in which a PDF is opened. A reader can show or hide its layers later."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        properties = _dictionary(pdf.Root.get("/OCProperties"))
        settings = _dictionary(properties.get("/D"))
        self._base_is_off = settings.get("/BaseState") == "/OFF"
        self._on = _object_numbers(settings.get("/ON"))
        self._off = _object_numbers(settings.get("/OFF"))
        self._may_hide = any(
            self._is_ever_hidden(group) for group in _members(properties.get("/OCGs"))
        )

    def __bool__(self) -> bool:
        """Whether any layer is hidden in some reader."""
        return self._may_hide

    def is_shown(self, content: Any) -> bool:
        """Whether pdfium and Chrome show what has the layer, or layers, ``content``."""
        return _is_visible(content, self._is_on_screen)

    def is_always_shown(self, content: Any) -> bool:
        """Whether every reader shows it, on a screen and on paper."""
        states = (self._is_on, self._is_on_screen, self._is_on_paper)
        return all(_is_visible(content, state) for state in states)

    def _is_ever_hidden(self, group: Any) -> bool:
        return not (self._is_on(group) and self._is_on_screen(group) and self._is_on_paper(group))

    def _is_on(self, group: Any) -> bool:
        """The state that Acrobat and poppler start with."""
        number = group.objgen
        return number in self._on if self._base_is_off else number not in self._off

    def _is_on_screen(self, group: Any) -> bool:
        return self._state_of_use(group, "/View", "/ViewState")

    def _is_on_paper(self, group: Any) -> bool:
        return self._state_of_use(group, "/Print", "/PrintState")

    def _state_of_use(self, group: Any, use: str, key: str) -> bool:
        state = _dictionary(_dictionary(group.get("/Usage")).get(use)).get(key)
        return self._is_on(group) if state is None else state != "/OFF"


def layer_names(content: Any) -> list[str]:
    """The names of the layer, or layers, ``content``."""
    if content.get("/Type") == "/OCMD":
        groups = _members(content.get("/OCGs")) + _operands(content.get("/VE"))
    else:
        groups = [content]
    return [str(group.get("/Name", "")) or "без имени" for group in groups]


def _is_visible(content: Any, is_on: Any) -> bool:
    if not isinstance(content, pikepdf.Dictionary):
        return True
    if content.get("/Type") != "/OCMD":
        return bool(is_on(content))
    if isinstance(content.get("/VE"), pikepdf.Array):
        return _evaluate(content.VE, is_on)
    states = [bool(is_on(group)) for group in _members(content.get("/OCGs"))]
    if not states:
        return True
    policies = {
        "/AllOn": all(states),
        "/AnyOff": not all(states),
        "/AllOff": not any(states),
    }
    return policies.get(str(content.get("/P", "")), any(states))


def _evaluate(expression: Any, is_on: Any, depth: int = 0) -> bool:
    """A visibility expression (ISO 32000-1, 8.11.2.2)."""
    if depth > _MAX_DEPTH:
        return True
    if isinstance(expression, pikepdf.Dictionary):
        return bool(is_on(expression))
    if not isinstance(expression, pikepdf.Array) or not len(expression):
        return True
    operator, *operands = list(expression)
    values = (_evaluate(operand, is_on, depth + 1) for operand in operands)
    if operator == "/Not":
        return not next(values, False)
    return any(values) if operator == "/Or" else all(values)


def _operands(expression: Any, depth: int = 0) -> list[Any]:
    """The layers in a visibility expression."""
    if isinstance(expression, pikepdf.Dictionary):
        return [expression]
    if not isinstance(expression, pikepdf.Array) or depth > _MAX_DEPTH:
        return []
    return [group for member in expression for group in _operands(member, depth + 1)]


def _dictionary(value: Any) -> Any:
    return value if isinstance(value, pikepdf.Dictionary) else pikepdf.Dictionary()


def _members(value: Any) -> list[Any]:
    """The dictionaries of an array, or a single one."""
    values: Iterable[Any] = value if isinstance(value, pikepdf.Array) else [value]
    return [member for member in values if isinstance(member, pikepdf.Dictionary)]


def _object_numbers(value: Any) -> set[tuple[int, int]]:
    return {member.objgen for member in _members(value)}

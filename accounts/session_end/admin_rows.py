"""Rows that a script of the admin had added to a form, and what its autocompletes show."""

import re

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Model

from accounts.session_end.html_positions import PositionedParser
from accounts.session_end.unsent_forms import UnsentForm

TOTAL_FORMS = re.compile(r"(.+)-TOTAL_FORMS")
MAX_ROWS = 200


def add_rows(html: str, unsent: UnsentForm) -> str:
    """The page with as many rows in each formset as the unsent form had.

    They are made like those of the script: from the hidden row with «__prefix__» in its names.
    """
    for name, value in unsent.fields:
        match = TOTAL_FORMS.fullmatch(name)
        if match and value.isascii() and value.isdigit():
            html = _add_rows_to(html, match[1], min(int(value), MAX_ROWS))
    return html


def _add_rows_to(html: str, prefix: str, total: int) -> str:
    field = re.search(rf'name="{re.escape(prefix)}-TOTAL_FORMS" value="(\d+)"', html)
    span = _ElementFinder(html, f"{prefix}-empty").span
    if field is None or span is None or total <= int(field[1]):
        return html
    empty_row = html[slice(*span)]
    visible_row = empty_row.replace("empty-form", "", 1)
    rows = [
        visible_row.replace(f'id="{prefix}-empty"', f'id="{prefix}-{index}"', 1).replace(
            "__prefix__", str(index)
        )
        for index in range(int(field[1]), total)
    ]
    html = html[: span[0]] + "".join(rows) + html[span[0] :]
    total_field = field[0].replace(f'value="{field[1]}"', f'value="{total}"')
    return html.replace(field[0], total_field, 1)


def describe_choice(attributes: dict[str, str], value: str) -> str:
    """What an autocomplete of the admin shows for ``value``; an unknown value stays as it is."""
    try:
        model = apps.get_model(attributes["data-app-label"], attributes["data-model-name"])
        related = model._meta.get_field(attributes["data-field-name"]).related_model
    except (LookupError, FieldDoesNotExist):
        return value
    if not (isinstance(related, type) and issubclass(related, Model)):
        return value
    try:
        return str(related._default_manager.get(pk=value))
    except (ObjectDoesNotExist, ValueError, OverflowError):
        return value


class _ElementFinder(PositionedParser):
    """The place of the element with an id: (start, end); None if there is none."""

    def __init__(self, html: str, element_id: str) -> None:
        self.span: tuple[int, int] | None = None
        self._id, self._tag, self._depth, self._start = element_id, "", 0, 0
        super().__init__(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._tag and dict(attrs).get("id") == self._id:
            self._tag, self._start = tag, self.get_position()
        self._depth += tag == self._tag

    def handle_endtag(self, tag: str) -> None:
        if not self._tag or tag != self._tag or self.span is not None:
            return
        self._depth -= 1
        if self._depth == 0:
            self.span = (self._start, self.get_position() + len(f"</{tag}>"))

"""Puts the values of an unsent form back into a page, whatever view has made the page.

Only the tags of the form's controls change; the rest of the page stays byte for byte as it was.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urljoin, urlsplit

from accounts.session_end.admin_rows import add_rows, describe_choice
from accounts.session_end.html_positions import PositionedParser
from accounts.session_end.unsent_forms import UnsentForm

Attributes = dict[str, str]
ATTRIBUTE = re.compile(r"""\s+([^\s=>/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
ADDRESS_ATTRIBUTES = ("action", "formaction", "data-hx-post", "data-draft")
BUTTON_TYPES = {"submit", "button", "reset", "image"}
LEFT_ALONE = BUTTON_TYPES | {"file", "password"}
TICKED_TYPES = {"checkbox", "radio"}
# Django's autocomplete has no options but the selected ones.
AUTOCOMPLETE_CLASS = "admin-autocomplete"
# The page knows better how many rows it has; numbers of messages mean nothing to a new page.
NOT_REFILLED = re.compile(r".*-(TOTAL|INITIAL)_FORMS|turn|active")
NO_FIELD = "Для этих значений поля на странице нет, введите их заново:"


@dataclass
class Control:
    """A control of a form: its start tag, and for textarea and select what is inside."""

    tag: str
    attributes: Attributes
    start: int
    start_tag: str
    content_end: int = 0
    options: list["Control"] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.attributes.get("name", "")

    @property
    def content_start(self) -> int:
        return self.start + len(self.start_tag)


@dataclass
class PageForm:
    """A form of the page: the paths to which it can be sent, and its controls."""

    content_start: int = 0
    actions: set[str] = field(default_factory=set)
    controls: list[Control] = field(default_factory=list)


class FormParser(PositionedParser):
    """Finds the forms of a page with the positions of their controls."""

    def __init__(self, html: str, path: str) -> None:
        self.path = path
        self.forms: list[PageForm] = []
        self._by_id: dict[str, PageForm] = defaultdict(PageForm)
        self._form: PageForm | None = None
        self._open: Control | None = None
        super().__init__(html)
        self.forms += [form for form in self._by_id.values() if form not in self.forms]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            form_id = attributes.get("id")
            self._form = self._by_id[form_id] if form_id else PageForm()
            self.forms.append(self._form)
            self._form.content_start = self.get_position() + len(self.get_starttag_text() or "")
            self._form.actions.add(self._resolve(attributes.get("action", "")))
        form = self._by_id[attributes["form"]] if "form" in attributes else self._form
        if form is None:
            return
        form.actions |= {
            self._resolve(attributes[name]) for name in ADDRESS_ATTRIBUTES if attributes.get(name)
        }
        control = Control(tag, attributes, self.get_position(), self.get_starttag_text() or "")
        if tag == "option" and self._open is not None:
            self._open.options.append(control)
        elif tag in {"input", "button", "textarea", "select"}:
            form.controls.append(control)
            if tag in {"textarea", "select"}:
                self._open = control

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif self._open is not None and tag == self._open.tag:
            self._open.content_end = self.get_position()
            self._open = None

    def _resolve(self, address: str) -> str:
        return urlsplit(urljoin(self.path, address)).path


def refill_form(html: str, path: str, unsent: UnsentForm) -> str | None:
    """The page at ``path`` with the values of ``unsent``; None if it does not have the form.

    Values for which the page has no field are listed at the beginning of the form.
    """
    html = add_rows(html, unsent)
    forms = [form for form in FormParser(html, path).forms if unsent.action in form.actions]
    if not forms:
        return None
    names = {name for name, _ in unsent.fields}
    form = max(forms, key=lambda form: len(names & {control.name for control in form.controls}))
    edits = _FormEdits(form, unsent).edits
    for start, end, text in sorted(edits, reverse=True):
        html = html[:start] + text + html[end:]
    return html


class _FormEdits:
    """The changes of a page that fill in one of its forms, as (start, end, new text)."""

    def __init__(self, form: PageForm, unsent: UnsentForm) -> None:
        self.edits: list[tuple[int, int, str]] = []
        self._values: dict[str, list[str]] = defaultdict(list)
        for name, value in unsent.fields:
            self._values[name].append(value)
        self._next: dict[str, int] = defaultdict(int)
        for control in form.controls:
            self._fill(control)
        self._list_values_without_field(form)

    def _fill(self, control: Control) -> None:
        kind = control.attributes.get("type", "text").lower()
        if not control.name or control.tag == "button" or kind in LEFT_ALONE:
            return
        if NOT_REFILLED.fullmatch(control.name):
            return
        if control.tag == "input" and kind in TICKED_TYPES:
            is_ticked = control.attributes.get("value", "on") in self._values[control.name]
            self._set(control, "checked", "" if is_ticked else None)
        elif control.tag == "select":
            self._select(control)
        elif (value := self._take_value(control.name)) is not None:
            if control.tag == "textarea":
                text = f"\n{escape(value)}"
                self.edits.append((control.content_start, control.content_end, text))
            else:
                self._set(control, "value", value)

    def _take_value(self, name: str) -> str | None:
        """The next value of the name: several fields may share it."""
        index, values = self._next[name], self._values[name]
        self._next[name] += 1
        return values[index] if index < len(values) else None

    def _select(self, control: Control) -> None:
        selected_values = self._values[control.name]
        if not selected_values and "multiple" not in control.attributes:
            return
        for option in control.options:
            is_selected = option.attributes.get("value") in selected_values
            self._set(option, "selected", "" if is_selected else None)
        if AUTOCOMPLETE_CLASS in control.attributes.get("class", ""):
            option_values = {option.attributes.get("value") for option in control.options}
            for value in selected_values:
                if value not in option_values:
                    label = escape(describe_choice(control.attributes, value))
                    text = f'<option value="{escape(value)}" selected>{label}</option>'
                    self.edits.append((control.content_end, control.content_end, text))

    def _list_values_without_field(self, form: PageForm) -> None:
        """Rows that a script had added, and choices that have gone since."""
        names = {control.name for control in form.controls}
        remaining_values = [
            value
            for name, values in self._values.items()
            if name not in names and not NOT_REFILLED.fullmatch(name)
            for value in values
            if value.strip()
        ]
        if remaining_values:
            items = "".join(f"<li>{escape(value)}</li>" for value in remaining_values)
            text = f'<div class="notice"><p>{NO_FIELD}</p><ul>{items}</ul></div>'
            self.edits.append((form.content_start, form.content_start, text))

    def _set(self, control: Control, name: str, value: str | None) -> None:
        """Replaces one attribute of a start tag; ``value`` None removes it."""
        if control.attributes.get(name) == value:
            return
        attributes = [
            match[0] for match in ATTRIBUTE.finditer(control.start_tag) if match[1].lower() != name
        ]
        if value is not None:
            attributes.append(
                f' {name}="{escape(value)}"' if value or name == "value" else f" {name}"
            )
        text = f"<{control.tag}{''.join(attributes)}>"
        self.edits.append((control.start, control.content_start, text))

"""What is still missing: one list for the side panel, the error summary and the creation."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms


@dataclass(frozen=True)
class ChecklistItem:
    """A line of «До создания осталось».

    ``name`` is the part of the form in a word or two, ``href`` leads to its field, ``problems``
    are the errors of the field. Without problems the line is done. ``warning`` says what is wrong
    although the task can be created.
    """

    name: str
    href: str
    problems: tuple[str, ...] = ()
    warning: str = ""

    @property
    def done(self) -> bool:
        return not self.problems

    @property
    def has_warning(self) -> bool:
        return self.done and bool(self.warning)

    @property
    def label(self) -> str:
        """The text in the panel: the warning, the problem if there is exactly one, or the name."""
        if self.has_warning:
            return self.warning
        return self.problems[0] if len(self.problems) == 1 else self.name


def build_field_item(form: forms.Form, name: str) -> ChecklistItem:
    """The line for one field."""
    return build_item(form, str(form.fields[name].label), [name])


def build_item(form: forms.Form, label: str, names: Iterable[str]) -> ChecklistItem:
    """One line for several fields. It leads to the first field with an error."""
    fields = [form[name] for name in names]
    invalid_fields = [field for field in fields if field.errors]
    problems = [str(error) for field in invalid_fields for error in field.errors]
    target = invalid_fields[0] if invalid_fields else fields[0]
    anchor = f"{target.auto_id}_0" if target.use_fieldset else target.id_for_label
    return ChecklistItem(label, f"#{anchor}", tuple(problems))


def build_error_list(items: Iterable[ChecklistItem]) -> list[dict[str, str]]:
    """Every problem with the link to its field, for the error summary."""
    return [
        {"href": item.href, "text": problem}
        for item in items
        for problem in dict.fromkeys(item.problems)
    ]

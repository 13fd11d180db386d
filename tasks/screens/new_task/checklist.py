"""What is still missing: one list behind the panel, the error summary and the creation."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms


@dataclass(frozen=True)
class ChecklistItem:
    """A line of «До создания осталось».

    ``name`` is the part of the form in a word or two, ``href`` leads to its field, ``problems``
    are the words that stand at the field; none: the part is done.
    """

    name: str
    href: str
    problems: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        return not self.problems

    @property
    def label(self) -> str:
        """The panel's words: the problem itself where there is one, else the part's name."""
        return self.problems[0] if len(self.problems) == 1 else self.name


def build_field_item(form: forms.Form, name: str) -> ChecklistItem:
    """The line of one field."""
    return build_item(form, str(form.fields[name].label), [name])


def build_item(form: forms.Form, label: str, names: Iterable[str]) -> ChecklistItem:
    """One line for several fields; it leads to the first that is not right."""
    wrong = [form[name] for name in names if form[name].errors]
    texts = [str(text) for field in wrong for text in field.errors]
    target = wrong[0] if wrong else form[next(iter(names))]
    anchor = f"{target.auto_id}_0" if target.use_fieldset else target.id_for_label
    return ChecklistItem(label, f"#{anchor}", tuple(texts))

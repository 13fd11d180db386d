"""Saving an edit of a contact, whichever page it comes from."""

from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from clients import actions
from clients.actions import ContactChanged, ContactFacts, DuplicateContact
from clients.models import Client, Contact, ContactVersion
from clients.screens import presentation
from clients.screens.forms import EditForm


@dataclass(frozen=True)
class Saved:
    """``version`` when the edit was saved; else the words are in the form.

    ``changes`` compares what somebody else saved meanwhile with what was typed (status 409).
    """

    version: ContactVersion | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> int:
        return 409 if self.changes else 422


def save_edit(
    form: EditForm, contact: Contact, *, actor: User, person: Client | None = None
) -> Saved:
    """A new version from a valid form; ``person`` is the card of one who signs in person."""
    current = contact.current
    facts = form.facts(ContactFacts.of(current) if current else None)
    # A form that does not say what it began from is asked to look again.
    based_on = form.cleaned_data["based_on"] or 0
    try:
        if person is None:
            return Saved(
                actions.edit_contact(contact=contact, facts=facts, actor=actor, based_on=based_on)
            )
        return Saved(
            actions.edit_person(
                client=person, contact=contact, facts=facts, actor=actor, based_on=based_on
            )
        )
    except DuplicateContact as error:
        form.add_error("phone", str(error))
        return Saved()
    except ContactChanged as error:
        form.add_error(None, str(error))
        return Saved(changes=_compare(form, error.contact, facts))


def _compare(form: EditForm, contact: Contact, facts: ContactFacts) -> list[dict[str, Any]]:
    """What differs by now; the form's next save goes over the newer version."""
    newer = contact.current
    if newer is None:
        return []
    form.begin_again_from(newer)
    return presentation.differences(ContactFacts.of(newer), facts)

"""Saving an edit of a contact, for all pages that have one."""

from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from clients import actions
from clients.actions import ContactChanged, DuplicateContact
from clients.models import Client, Contact, ContactDetails, ContactVersion
from clients.screens import presentation
from clients.screens.forms import EditForm


@dataclass(frozen=True)
class EditResult:
    """``version`` if the edit was saved; otherwise the form has the errors.

    ``changes`` compares the values that somebody else has saved meanwhile with the posted ones.
    """

    version: ContactVersion | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The HTTP status of a page with errors."""
        return 409 if self.changes else 422


def save_edit(
    form: EditForm, contact: Contact, *, actor: User, person: Client | None = None
) -> EditResult:
    """Saves a valid form; ``person`` is the card of a client who signs for themselves."""
    current = contact.current
    details = form.details(current.details if current else None)
    # A form that does not say which version it is based on conflicts with any version.
    based_on = form.cleaned_data["based_on"] or 0
    try:
        if person is None:
            version = actions.edit_contact(
                contact=contact, details=details, actor=actor, based_on=based_on
            )
        else:
            version = actions.edit_person(
                client=person, contact=contact, details=details, actor=actor, based_on=based_on
            )
    except DuplicateContact as error:
        form.add_error("phone", str(error))
        return EditResult()
    except ContactChanged as error:
        form.add_error(None, str(error))
        return EditResult(changes=_compare(form, error.contact, details))
    return EditResult(version)


def _compare(form: EditForm, contact: Contact, details: ContactDetails) -> list[dict[str, Any]]:
    """The differences from the newest version, which the next save will replace."""
    newest = contact.current
    if newest is None:
        return []
    form.rebase_on(newest)
    return presentation.compare_details(newest.details, details)

"""What `confirmed.ConfirmedSigningService` expects of the client of a cloud service."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from edo.signing.providers.protocol import SigningKey


@dataclass(frozen=True)
class DocumentToConfirm:
    """A document that is to be signed."""

    file_name: str
    content: bytes


@dataclass(frozen=True)
class ConfirmationRequest:
    """A question that the service has put to the owner of a key.

    ``place`` says in Russian where they answer it. ``seconds`` is how long the service waits, None
    if it does not say.
    """

    id: str
    place: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class ConfirmationAnswer:
    """What the service knows about a question; without any value, the owner has not answered.

    ``signatures`` has an entry for every document, None for one that could not be signed.
    ``failure`` is the code of the refusal of all documents. With ``ask_again_after`` (seconds) the
    owner was not asked, and the question has to be put again.
    """

    signatures: tuple[bytes | None, ...] = ()
    failure: str = ""
    ask_again_after: float | None = None
    place: str = ""


class ConfirmationClient(Protocol):
    """The client of a cloud service. Every method raises Unavailable or Refused."""

    provider: str
    # Where the owners confirm, until the service says it more exactly.
    usual_place: str
    # Whether a repeated `ask` leads to the same question, not to another one for the owner.
    can_repeat_question: bool

    def list_keys(self) -> list[SigningKey]:
        """The keys whose owners the service has."""

    def prepare(self, key_ref: str, documents: Sequence[DocumentToConfirm]) -> object:
        """Hand the documents over, before anybody is asked; may be repeated.

        Returns JSON for `ask`. Raises Refused with `unknown_key` or `key_blocked`.
        """

    def ask(self, key_ref: str, prepared: object, documents: Sequence[str]) -> ConfirmationRequest:
        """Ask the owner to confirm the signatures of the documents with these file names."""

    def get_answer(
        self, key_ref: str, prepared: object, confirmation_id: str
    ) -> ConfirmationAnswer:
        """What has become of the question."""

"""The client's person who signs, and what the channel has to know about them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clients.models import ContactVersion


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs by SMS for the client.

    `identified_at` and `identification_ref` are of the identification that the signature rests
    on. `region` (a name) has the time zone of quiet hours; `reference` is what the messaging
    service shows. `build_address` makes the address of the signing page from a token.
    """

    version: ContactVersion
    client_id: int
    client_inn: str
    identified_at: datetime | None
    identification_ref: str
    region: str
    reference: str
    time_to_sign: timedelta
    build_address: Callable[[str], str]

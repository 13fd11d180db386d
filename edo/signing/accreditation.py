"""Which certification authorities are accredited, and since when. No database.

The file `accreditations.json` beside the trusted roots lists them:

    [{"sha256": "<fingerprint of the authority's certificate>", "name": "АО «УЦ»",
      "valid_from": "2022-01-11", "valid_until": null, "is_test": false}]

Both days are inclusive. Only a signature whose authority was accredited on the day of signing is
qualified (63-ФЗ); an authority that is not listed is accredited for nobody.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from econtract.platform.common.moscow_time import MOSCOW

NAME = "accreditations.json"


@dataclass(frozen=True)
class Accreditation:
    """A term in which an authority is accredited. ``sha256`` (hex) is that of its certificate.

    ``is_test`` marks an authority for trials, whose signatures have no legal force.
    """

    sha256: str
    name: str
    valid_from: date
    valid_until: date | None = None
    is_test: bool = False

    def includes(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def load_accreditations(path: Path) -> tuple[Accreditation, ...]:
    """The accreditations of a file; none when it is absent. Raises ValueError if malformed."""
    if not path.exists():
        return ()
    try:
        return tuple(_parse(item) for item in json.loads(path.read_bytes()))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} is malformed: {error!r}") from error


def find_accreditation(
    accreditations: Iterable[Accreditation], chain: Sequence[x509.Certificate], at: datetime
) -> Accreditation | None:
    """The one that holds for an authority of ``chain`` on the Moscow day of ``at``."""
    day = at.astimezone(MOSCOW).date()
    authorities = {certificate.fingerprint(hashes.SHA256()).hex() for certificate in chain[1:]}
    matches = (item for item in accreditations if item.sha256 in authorities and item.includes(day))
    return next(matches, None)


def _parse(item: dict[str, str | bool | None]) -> Accreditation:
    until = item.get("valid_until")
    return Accreditation(
        sha256=str(item["sha256"]).replace(":", "").lower(),
        name=str(item["name"]),
        valid_from=date.fromisoformat(str(item["valid_from"])),
        valid_until=date.fromisoformat(str(until)) if until else None,
        is_test=bool(item.get("is_test", False)),
    )

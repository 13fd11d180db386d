"""CDI for tests that need no HTTP."""

from dataclasses import dataclass, field
from datetime import date

from clients.gateways.cdi import Organisation
from clients.models import Client
from econtract.platform.common.errors import OutsideError

ROMASHKA = Organisation(
    kind=Client.Kind.LEGAL,
    inn="7701001100",
    kpp="770101001",
    ogrn="1157746001104",
    short_name="ООО «Ромашка»",
    full_name="Общество с ограниченной ответственностью «Ромашка»",
    registered_on=date(2015, 3, 12),
    legal_address="101000, г. Москва",
    city="Москва",
    head_name="Петров Петр Петрович",
    head_position="Генеральный директор",
    state=Client.State.ACTIVE,
)


@dataclass
class FakeCdi:
    """Returns ``organisations``, or raises ``error``."""

    organisations: list[Organisation] = field(default_factory=list)
    error: OutsideError | None = None

    def search(self, query: str, *, limit: int = 20) -> list[Organisation]:
        if self.error:
            raise self.error
        return self.organisations[:limit]

    def get(self, inn: str, kpp: str = "") -> Organisation | None:
        if self.error:
            raise self.error
        return next((item for item in self.organisations if item.inn == inn), None)

"""The rows that all tasks of a bulk load refer to."""

from datetime import UTC, datetime
from typing import Any

from archive.models import StoredFile
from clients.models import Region, Service
from edo.models import Box, Signatory
from tasks.models import DocumentKind


class SharedRows:
    """The directories, box, signatory and file of a bulk load."""

    def __init__(self, **rows: Any) -> None:
        self.regions: list[tuple[int, str]] = rows["regions"]
        self.service: Service = rows["service"]
        self.box: Box = rows["box"]
        self.signatory: Signatory = rows["signatory"]
        self.file: StoredFile = rows["file"]
        self.values = {
            "seamless": True,
            "box_id": self.box.pk,
            "signatory_id": self.signatory.pk,
            "document_kind_id": DocumentKind.CONTRACT,
        }

    @classmethod
    def find_or_create(cls) -> "SharedRows":
        """Finds the rows, or creates them. Raises LookupError when there are no regions."""
        regions = list(Region.objects.values_list("pk", "account_prefix"))
        service = Service.objects.first()
        if not regions or service is None:
            raise LookupError("Load the directories first: manage.py load_reference.")
        return cls(
            regions=regions,
            service=service,
            box=Box.objects.first() or _create_box(),
            signatory=Signatory.objects.first() or _create_signatory(),
            file=_find_or_create_file(),
        )


def _create_box() -> Box:
    return Box.objects.create(name="Ящик нагрузки", operator_box_id="load", inn="7707049388")


def _create_signatory() -> Signatory:
    return Signatory.objects.create(
        surname="Нагрузкин",
        given_name="Иван",
        inn="500100732259",
        snils="11223344595",
        key_ref="load",
        certificate_pem="",
        certificate_serial="01",
        certificate_from=datetime(2020, 1, 1, tzinfo=UTC),
        certificate_until=datetime(2040, 1, 1, tzinfo=UTC),
    )


def _find_or_create_file() -> StoredFile:
    file, _ = StoredFile.objects.get_or_create(
        sha256="0" * 64, defaults={"size": 60_000, "content_type": "application/pdf"}
    )
    return file

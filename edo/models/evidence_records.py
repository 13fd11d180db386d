"""What happened in a simple signing, as it happened: append-only, chained by hash."""

from django.db import models

from econtract.platform.common import clock
from edo.models.simple_signing import SimpleSigning


class EvidenceRecord(models.Model):
    """One event of a signing. The database refuses to change or delete it.

    `hash` covers the whole record in canonical form (RFC 8785) and the hash before it. `facts`
    has no personal data in clear, only commitments whose values are `EvidenceValue`s.
    """

    signing = models.ForeignKey(SimpleSigning, models.PROTECT, related_name="records")
    number = models.PositiveIntegerField(help_text="1, 2, 3… in its chain.")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=40)
    facts = models.JSONField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "запись о подписании"
        verbose_name_plural = "записи о подписании"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["signing", "number"], name="evidence_record_number")
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.kind}"


class EvidenceValue(models.Model):
    """A personal value that a record commits to: SHA-256 of `nonce` and `value`.

    It can be erased (152-ФЗ); the chain stays valid.
    """

    record = models.ForeignKey(EvidenceRecord, models.PROTECT, related_name="values")
    name = models.CharField(max_length=40)
    value = models.TextField()
    nonce = models.CharField(max_length=64)

    class Meta:
        verbose_name = "персональные данные записи"
        verbose_name_plural = "персональные данные записей"
        constraints = [
            models.UniqueConstraint(fields=["record", "name"], name="evidence_value_name")
        ]

    def __str__(self) -> str:
        return self.name


class EvidenceAnchor(models.Model):
    """The sealed root of the chains that have grown since the anchor before: `edo.anchors`.

    `leaves` are the heads that the Merkle tree is made of, in its order: [signing id, number of
    the last record, hash]. `signature` is the detached CMS of our seal over the canonical form of
    the anchor, `timestamp` (RFC 3161) is over the signature: None where no service is configured
    or it did not answer. The database refuses to change or delete an anchor.
    """

    day = models.DateField("День", unique=True)
    merkle_root = models.CharField("Корень", max_length=64)
    leaves = models.JSONField("Концы цепочек")
    last_record = models.BigIntegerField(
        help_text="Records up to this id were there when the heads were read."
    )
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    signature = models.BinaryField("Печать")
    timestamp = models.BinaryField("Штамп времени", null=True)
    created_at = models.DateTimeField("Создан", default=clock.now)

    class Meta:
        verbose_name = "заверение записей за день"
        verbose_name_plural = "заверения записей"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"

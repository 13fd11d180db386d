"""What we know about certification authorities: lists of accredited ones, CRLs, OCSP responses."""

import zlib

from django.conf import settings
from django.db import models

from econtract.platform.common import clock


class TrustList(models.Model):
    """One copy of the list of accredited authorities (ТСЛ), as it came. Copies are kept for ever.

    ``snapshot`` says which authority had which status and certificates; `edo.trust.snapshots`
    reads it. ``changes`` is the difference from the list that was in force when this one came,
    ``reasons`` why a person has to confirm it. ``imported_by`` and ``decided_by`` are None for the
    command and the job.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Ждет подтверждения"
        ACCEPTED = "accepted", "Принят"
        REJECTED = "rejected", "Отклонен"

    number = models.PositiveIntegerField("Номер")
    issued_at = models.DateTimeField("Дата списка")
    content_compressed = models.BinaryField("Файл (zlib)")
    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    signer = models.CharField("Кто подписал", max_length=300, blank=True)
    snapshot = models.JSONField("Содержание", default=list)
    changes = models.JSONField("Отличия", default=dict)
    reasons = models.JSONField("Почему нужно подтверждение", default=list)
    source = models.CharField("Откуда", max_length=500)
    state = models.CharField("Состояние", max_length=10, choices=State)
    imported_at = models.DateTimeField("Загружен", default=clock.now)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="Кто загрузил",
    )
    decided_at = models.DateTimeField("Решение принято", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="Кто решил",
    )

    class Meta:
        verbose_name = "список аккредитованных УЦ"
        verbose_name_plural = "списки аккредитованных УЦ (ТСЛ)"
        ordering = ["-issued_at", "-number"]

    def __str__(self) -> str:
        return f"ТСЛ № {self.number} от {self.issued_at:%d.%m.%Y}"

    @property
    def content(self) -> bytes:
        """The file, byte for byte."""
        return zlib.decompress(bytes(self.content_compressed))


class AuthorityCertificate(models.Model):
    """A certificate of an accredited authority, from the accepted lists (`edo.trust.terms`).

    ``terms`` are the terms of accreditation: dicts with the keys "from" and "until", ISO days;
    "until" is None for a term that has not ended.
    """

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    authority = models.CharField("УЦ", max_length=500)
    status = models.CharField("Статус в последнем списке", max_length=50)
    content = models.BinaryField("Сертификат (DER)")
    valid_until = models.DateTimeField("Сертификат действует по")
    crl_urls = models.JSONField("Адреса списков отзыва", default=list)
    terms = models.JSONField("Сроки аккредитации", default=list)

    class Meta:
        verbose_name = "сертификат аккредитованного УЦ"
        verbose_name_plural = "сертификаты аккредитованных УЦ"
        ordering = ["authority", "-valid_until"]

    def __str__(self) -> str:
        return self.authority


class RevocationList(models.Model):
    """An address at which an authority publishes its CRL, and the freshest list from there.

    ``issuer_certificate`` is the certificate whose key signs the list. ``needed_at`` is when a
    certificate of the authority was last met: lists that nobody needs are no longer fetched.
    ``content`` is empty until the first list has come. ``attempts`` counts failures in a row.
    """

    issuer_sha256 = models.CharField("SHA-256 сертификата УЦ", max_length=64)
    issuer_name = models.CharField("УЦ", max_length=300)
    issuer_certificate = models.BinaryField("Сертификат УЦ (DER)")
    url = models.CharField("Адрес", max_length=500)
    content = models.BinaryField("Список (DER)", default=b"")
    sha256 = models.CharField("SHA-256 списка", max_length=64, blank=True)
    number = models.CharField("Номер", max_length=50, blank=True)
    this_update = models.DateTimeField("Выпущен", null=True)
    next_update = models.DateTimeField("Действует до", null=True)
    fetched_at = models.DateTimeField("Получен", null=True)
    needed_at = models.DateTimeField("Нужен", default=clock.now)
    due_at = models.DateTimeField("Следующая загрузка", default=clock.now, db_index=True)
    attempts = models.PositiveIntegerField("Неудачных попыток подряд", default=0)
    error = models.CharField("Последняя ошибка", max_length=300, blank=True)

    class Meta:
        verbose_name = "список отзыва"
        verbose_name_plural = "списки отзыва (CRL)"
        ordering = ["issuer_name", "url"]
        constraints = [
            models.UniqueConstraint(fields=["issuer_sha256", "url"], name="revocation_list_source")
        ]

    def __str__(self) -> str:
        return f"{self.issuer_name}: {self.url}"


class OcspResponse(models.Model):
    """The last OCSP response about a certificate; its signature has been verified."""

    issuer_sha256 = models.CharField("SHA-256 сертификата УЦ", max_length=64)
    serial = models.CharField("Серийный номер", max_length=64)
    content = models.BinaryField("Ответ (DER)")
    produced_at = models.DateTimeField("Составлен")
    next_update = models.DateTimeField("Действует до", null=True)

    class Meta:
        verbose_name = "ответ OCSP"
        verbose_name_plural = "ответы OCSP"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer_sha256", "serial"], name="ocsp_response_certificate"
            )
        ]

    def __str__(self) -> str:
        return self.serial


class TrustVersion(models.Model):
    """Counts the changes of the tables above: one row, which other processes look at."""

    authorities = models.PositiveBigIntegerField("Сертификаты УЦ", default=0)
    revocation = models.PositiveBigIntegerField("Отзыв", default=0)

    class Meta:
        verbose_name = "версия доверия"
        verbose_name_plural = "версия доверия"

    def __str__(self) -> str:
        return f"{self.authorities}.{self.revocation}"


class TrustListFetch(models.Model):
    """How the fetching of the list of accredited authorities goes: one row.

    ``fetched_at`` is when the address last gave a list, a known or a new one. ``attempts`` counts
    failures in a row.
    """

    due_at = models.DateTimeField("Следующая загрузка", default=clock.now)
    fetched_at = models.DateTimeField("Последняя загрузка", null=True)
    attempts = models.PositiveIntegerField("Неудачных попыток подряд", default=0)
    error = models.CharField("Последняя ошибка", max_length=500, blank=True)

    class Meta:
        verbose_name = "загрузка ТСЛ"
        verbose_name_plural = "загрузка ТСЛ"

    def __str__(self) -> str:
        return str(self.due_at)

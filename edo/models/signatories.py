"""Our signatories and their powers of attorney."""

from django.db import models

from econtract.platform.common import clock
from edo.models.boxes import Box


class SigningProvider(models.TextChoices):
    """Who holds a private key; `edo.signing.providers.registry` has the class of each."""

    HTTP = "http", "Служба подписания"
    LOCAL = "local", "Файл с ключом"
    DSS = "dss", "КриптоПро DSS: подтверждение на телефоне"
    OPERATOR_DSS = "operator_dss", "Облачная подпись оператора ЭДО: подтверждение на телефоне"


class Signatory(models.Model):
    """«Подписант»: an employee whose key and power of attorney sign documents for us."""

    surname = models.CharField("Фамилия", max_length=100)
    given_name = models.CharField("Имя", max_length=100)
    patronymic = models.CharField("Отчество", max_length=100, blank=True)
    position = models.CharField("Должность", max_length=200, blank=True)
    inn = models.CharField("ИНН", max_length=12)
    snils = models.CharField("СНИЛС", max_length=11)
    key_ref = models.CharField(
        "Ключ в службе подписания",
        max_length=100,
        unique=True,
        help_text="Обозначение ключа. Для КриптоПро DSS это логин подписанта, для облачной подписи "
        "оператора ЭДО любое: ключ находится по сертификату.",
    )
    provider = models.CharField(
        "Где хранится ключ",
        max_length=20,
        choices=SigningProvider,
        blank=True,
        help_text="Пусто: как задано в настройке SIGNING_PROVIDER.",
    )
    certificate_pem = models.TextField("Сертификат (PEM)")
    certificate_serial = models.CharField("Серийный номер сертификата", max_length=64)
    certificate_from = models.DateTimeField("Сертификат действует с")
    certificate_until = models.DateTimeField("Сертификат действует по")
    boxes = models.ManyToManyField(
        Box, related_name="signatories", blank=True, verbose_name="ЛК ЭДО"
    )
    active = models.BooleanField("Действует", default=True)

    class Meta:
        verbose_name = "подписант"
        verbose_name_plural = "подписанты"
        ordering = ["surname", "given_name"]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.surname, self.given_name, self.patronymic]))


class PowerOfAttorney(models.Model):
    """A machine-readable power of attorney (МЧД) with the head's detached signature.

    `principal_inn` is the organisation that gives it, `head_name` who signed for that
    organisation. `powers` are dicts with the keys "code" and "name". With `is_registered` an
    operator gets only its number, and takes the file from the tax service's register.
    """

    signatory = models.ForeignKey(
        Signatory, models.CASCADE, related_name="powers", verbose_name="Подписант"
    )
    registration_number = models.UUIDField("Номер в реестре", unique=True)
    principal_inn = models.CharField("ИНН доверителя", max_length=12)
    head_name = models.CharField("Руководитель", max_length=300, blank=True)
    powers = models.JSONField("Полномочия", default=list, blank=True)
    xml = models.BinaryField("МЧД (XML)")
    signature = models.BinaryField("Подпись руководителя")
    valid_from = models.DateField("Действует с")
    valid_until = models.DateField("Действует по")
    revoked_at = models.DateTimeField("Отозвана", null=True, blank=True)
    is_registered = models.BooleanField(
        "Передавать по номеру",
        default=False,
        help_text="МЧД есть в реестре ФНС: оператор ЭДО получает ее номер, а не файл.",
    )
    created_at = models.DateTimeField("Добавлена", default=clock.now, editable=False)

    class Meta:
        verbose_name = "МЧД"
        verbose_name_plural = "МЧД"
        ordering = ["-valid_until"]

    def __str__(self) -> str:
        return f"МЧД {self.registration_number}"

"""Contacts: the people who sign for clients."""

from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.db import models

from clients.models import queries
from clients.models.client import Client
from econtract.platform.common import clock


@dataclass(frozen=True, kw_only=True)
class ContactDetails:
    """What one version of a contact contains, in stored form (`clients.models.formats`)."""

    surname: str
    given_name: str
    phone: str
    email: str
    patronymic: str = ""
    position: str = ""
    authority: str = ""
    inn: str = ""
    snils: str = ""

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, [self.surname, self.given_name, self.patronymic]))


class Contact(models.Model):
    """A person with a unique mobile phone. Their data is in versions (`ContactVersion`).

    ``phone`` is a copy of the current version's, for the unique constraint. ``identified_at`` is
    cleared by `clients.actions` when the name, the phone or a number changes.
    """

    phone = models.CharField("Мобильный телефон", max_length=12, unique=True, help_text="+7…")
    current = models.OneToOneField(
        "ContactVersion", models.PROTECT, null=True, editable=False, related_name="+"
    )
    identified_at = models.DateTimeField("Идентифицирован", null=True, blank=True)
    created_at = models.DateTimeField("Создан", default=clock.now, editable=False)

    objects = queries.ContactQuerySet.as_manager()

    class Meta:
        verbose_name = "контакт"
        verbose_name_plural = "контакты"

    def __str__(self) -> str:
        return self.current.full_name if self.current else self.phone

    @property
    def current_version(self) -> "ContactVersion":
        """``current`` without None. Raises ValueError for a contact without versions."""
        if self.current is None:
            raise ValueError(f"Contact {self.pk} has no version.")
        return self.current


class ContactVersion(models.Model):
    """The data of a contact. Never changes: an edit adds a version, a task keeps its own."""

    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="versions", verbose_name="Контакт"
    )
    number = models.PositiveIntegerField("Версия")
    surname = models.CharField("Фамилия", max_length=100)
    given_name = models.CharField("Имя", max_length=100)
    patronymic = models.CharField("Отчество", max_length=100, blank=True)
    phone = models.CharField("Мобильный телефон", max_length=12, db_index=True)
    email = models.EmailField("Электронная почта", db_index=True)
    position = models.CharField("Должность", max_length=200, blank=True)
    authority = models.CharField(
        "Основание подписания", max_length=200, blank=True, help_text="Устав или доверенность №…"
    )
    inn = models.CharField("ИНН", max_length=12, blank=True)
    snils = models.CharField("СНИЛС", max_length=11, blank=True)
    name_key = models.CharField(max_length=queries.NAME_KEY_LENGTH, editable=False, db_index=True)
    created_at = models.DateTimeField("Создана", default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="Кто изменил",
    )

    objects = queries.ContactVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "версия контакта"
        verbose_name_plural = "версии контакта"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["contact", "number"], name="contact_version_number")
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_keys()
        super().save(*args, **kwargs)

    def fill_keys(self) -> None:
        """Sets the column for search. ``save`` calls it, ``bulk_create`` does not."""
        self.name_key = queries.name_key(self.full_name)

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, [self.surname, self.given_name, self.patronymic]))

    @property
    def details(self) -> ContactDetails:
        return ContactDetails(
            **{field.name: getattr(self, field.name) for field in fields(ContactDetails)}
        )

    @property
    def short_name(self) -> str:
        """«Петров П. П.»"""
        initials = [f"{name[0]}." for name in (self.given_name, self.patronymic) if name]
        return " ".join([self.surname, *initials])


class DeclinedName(models.Model):
    """The full name of a contact in other cases, as somebody has corrected it for documents.

    It holds for ``full_name`` alone: a contact with another name is declined by the rules again.
    An empty form is declined by the rules as well.
    """

    contact = models.OneToOneField(
        Contact, models.CASCADE, related_name="declined_name", verbose_name="Контакт"
    )
    full_name = models.CharField("ФИО", max_length=302)
    genitive = models.CharField(
        "Родительный падеж", max_length=302, blank=True, help_text="В лице кого?"
    )
    dative = models.CharField(
        "Дательный падеж", max_length=302, blank=True, help_text="Выдано кому?"
    )
    instrumental = models.CharField(
        "Творительный падеж", max_length=302, blank=True, help_text="Подписано кем?"
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="Кто изменил",
    )
    changed_at = models.DateTimeField("Изменено", default=clock.now)

    class Meta:
        verbose_name = "склонение имени"
        verbose_name_plural = "склонения имен"

    def __str__(self) -> str:
        return self.full_name


class ClientContact(models.Model):
    """The link between a client and a contact; «Удалить связь» deletes only the link."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="links", verbose_name="Клиент")
    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="links", verbose_name="Контакт"
    )
    created_at = models.DateTimeField("Добавлена", default=clock.now)

    class Meta:
        verbose_name = "связь с контактом"
        verbose_name_plural = "связи с контактами"
        constraints = [models.UniqueConstraint(fields=["client", "contact"], name="link_once")]

    def __str__(self) -> str:
        return f"{self.client} – {self.contact}"

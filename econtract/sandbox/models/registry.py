"""Organisations, with their CDI data and ЭДО boxes, and personal accounts."""

from __future__ import annotations

import datetime as dt

from django.db import models

CDI_DELAY = dt.timedelta(days=14)


class OrganisationState(models.TextChoices):
    """State of an organisation in the registry."""

    ACTIVE = "active", "Действует"
    LIQUIDATING = "liquidating", "В процессе ликвидации"
    LIQUIDATED = "liquidated", "Ликвидирован"
    BANKRUPT = "bankrupt", "Банкрот"


class Habit(models.TextChoices):
    """How an organisation answers (docs/protocols.md, section 10)."""

    AGREES = "", "соглашается и подписывает"
    DATA_REFUSED = "data_refused", "идентификация: отказ от предоставления данных"
    NO_CONSENT = "no_consent", "идентификация: не отвечает"
    DATA_MISMATCH = "data_mismatch", "идентификация: данные не совпали"
    BLACKLISTED = "blacklisted", "идентификация: в черных списках"
    DOCUMENTS = "documents", "идентификация: прикладывает документы о полномочиях"
    AUTHORITY_PENDING = "authority_pending", "идентификация: полномочия не подтверждены"
    PASSES_WITH_CHANGES = "passed_change_services", "идентификация: пройдена, хочет изменить услуги"
    CHANGE_SERVICES = "change_services", "идентификация: отказ, хочет изменить услуги"
    CABINET_EXISTS = "cabinet_exists", "ЛК: такой телефон уже занят"
    CABINET_BAD_DATA = "cabinet_bad_data", "ЛК: некорректные данные"
    REJECTS = "rejects", "ЭДО: отказывается подписывать"
    NO_SIGNATURE = "no_signature", "ЭДО: не отвечает"
    BROKEN_SIGNATURE = "broken", "ЭДО: подпись не проходит проверку"
    FOREIGN_SIGNATURE = "foreign", "ЭДО: подписывает чужим сертификатом"
    REFUSES_STRANGERS = "refuses_strangers", "ЭДО: не принимает приглашения"
    IGNORES_INVITATIONS = "ignores_invitations", "ЭДО: не отвечает на приглашения"
    APPROVES = "approves", "ЭДО: сначала согласующая подпись, потом подпись"
    REJECTS_BY_MESSAGE = "rejects_by_message", "ЭДО: отказывает универсальным сообщением"
    DECIDES_REVOCATION = "decides_revocation", "ЭДО: аннулирование только с согласия"
    REJECTS_REVOCATION = "rejects_revocation", "ЭДО: отклоняет аннулирование"
    REVOKES = "revokes", "ЭДО: подписывает, потом просит аннулировать"
    SLOW_DELIVERY = "slow_delivery", "ЭДО: документ доходит через час"
    DELIVERY_FAILS = "delivery_fails", "ЭДО: документ не доходит"
    ARCHIVE_REJECTS = "archive_rejected", "архив: документ не принимается"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Filters by register."""

    def in_cdi(self, today: dt.date) -> OrganisationQuerySet:
        """What CDI contains on that day: clients registered at least 14 days before."""
        rows = self.filter(is_ours=False, box_number=0)
        return rows.filter(registered_on__lte=today - CDI_DELAY)

    def with_box(self) -> OrganisationQuerySet:
        """Organisations registered at the ЭДО operator."""
        return self.exclude(box_id=None)


class Organisation(models.Model):
    """A client, or (`is_ours`) the operator company and its branches.

    `box_number` above 0: one more box of the same client at the ЭДО operator, in no register.
    """

    kind = models.CharField(max_length=20)
    inn = models.CharField(max_length=12)
    kpp = models.CharField(max_length=9, blank=True)
    ogrn = models.CharField(max_length=15, blank=True)
    short_name = models.CharField(max_length=200)
    full_name = models.CharField(max_length=300)
    registered_on = models.DateField()
    legal_address = models.CharField(max_length=300)
    city = models.CharField(max_length=100)
    head_surname = models.CharField(max_length=60)
    head_given_name = models.CharField(max_length=60)
    head_patronymic = models.CharField(max_length=60, blank=True)
    head_position = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=20, choices=OrganisationState, default="active")
    habit = models.CharField(max_length=30, choices=Habit, blank=True)
    search = models.CharField(max_length=600)
    is_ours = models.BooleanField(default=False)
    is_branch = models.BooleanField(default=False)
    is_memorable = models.BooleanField(default=False)
    org_id = models.CharField(max_length=36, unique=True)
    box_id = models.CharField(max_length=36, null=True, unique=True)
    partners_only = models.BooleanField(default=False)
    box_number = models.PositiveSmallIntegerField(default=0)
    is_active_box = models.BooleanField(default=True)
    is_roaming = models.BooleanField(default=False)
    is_test_box = models.BooleanField(default=True)
    liquidated_on = models.DateField(null=True)
    # `[{"DepartmentId", "Name"}]`; every document goes to one of them.
    departments = models.JSONField(default=list)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        db_table = "organisation"
        constraints = [
            models.UniqueConstraint("inn", "kpp", "box_number", name="organisation_once")
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def head_name(self) -> str:
        """Surname, given name, patronymic."""
        return " ".join(
            filter(None, (self.head_surname, self.head_given_name, self.head_patronymic))
        )


class EipAccount(models.Model):
    """An account added by hand; the rule of docs/protocols.md, section 3, gives the others."""

    account = models.CharField(max_length=12)
    inn = models.CharField(max_length=12)
    visible_at = models.DateTimeField()

    class Meta:
        db_table = "eip_account"
        constraints = [models.UniqueConstraint("account", "inn", name="eip_account_once")]

    def __str__(self) -> str:
        return self.account

"""Directories, clients, and the people who sign for them."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from clients.models import queries
from econtract.platform.common import clock

three_digits = RegexValidator(r"\A[0-9]{3}\Z", "Начало ЛС – три цифры")
known_rule = RegexValidator(r"\A(region|billing:.+)\Z", "Правило: region или billing:<система>")


class ArchiveSystem(models.TextChoices):
    """The electronic archive that a region uses (manual, 5.3)."""

    APD = "APD", "АПД"
    RIO = "RIO", "РИО Картотека"


class Region(models.Model):
    """«Регион инсталляции»: where the service is provided."""

    name = models.CharField("Регион", max_length=200, unique=True)
    mrf = models.CharField("Макрорегион", max_length=100, db_index=True)
    account_prefix = models.CharField("Начало ЛС", max_length=3, validators=[three_digits])
    prefix_source = models.CharField("Источник кода", max_length=20, default="manual")
    archive = models.CharField("Электронный архив", max_length=3, choices=ArchiveSystem)
    seamless = models.BooleanField(
        "Бесшовный процесс",
        default=False,
        help_text="Созданное задание идет до архива без участия менеджера.",
    )
    active = models.BooleanField("Действует", default=True)
    managers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="regions", blank=True, verbose_name="Менеджеры"
    )

    class Meta:
        verbose_name = "регион"
        verbose_name_plural = "регионы"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """A telecom service that a contract may contain."""

    BY_REGION = "region"
    BY_BILLING = "billing:"

    code = models.SlugField("Код", unique=True)
    name = models.CharField("Услуга", max_length=200)
    fraud_risk = models.BooleanField(
        "Риск мошенничества",
        default=False,
        help_text="Напоминаем проверить клиента на портале dataport.",
    )
    account_rule = models.CharField(
        "Правило кода ЛС",
        max_length=100,
        default=BY_REGION,
        validators=[known_rule],
        help_text="region – код региона; billing:<система> – код из справочника биллинга.",
    )
    position = models.PositiveSmallIntegerField("Порядок", default=0)
    active = models.BooleanField("Действует", default=True)

    class Meta:
        verbose_name = "услуга"
        verbose_name_plural = "услуги"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def billing_system(self) -> str | None:
        """The billing system whose prefixes apply, None for the region's own prefix."""
        _, found, system = self.account_rule.partition(self.BY_BILLING)
        return system if found else None


class BillingPrefix(models.Model):
    """First digits of accounts that a billing system opens, for one macro-region or for all."""

    billing_system = models.CharField("Биллинг", max_length=100)
    service = models.CharField("Услуга", max_length=200)
    mrf = models.CharField("Макрорегион", max_length=100, blank=True)
    account_prefix = models.CharField("Начало ЛС", max_length=3, validators=[three_digits])
    prefix_source = models.CharField("Источник кода", max_length=20, default="manual")

    class Meta:
        verbose_name = "код ЛС биллинга"
        verbose_name_plural = "коды ЛС биллинга"
        ordering = ["billing_system", "mrf"]
        constraints = [
            models.UniqueConstraint(fields=["billing_system", "mrf"], name="prefix_once_a_mrf")
        ]

    def __str__(self) -> str:
        return f"{self.billing_system} {self.mrf} {self.account_prefix}".replace("  ", " ")


class Client(models.Model):
    """A business client's card; made together with its first task."""

    class Kind(models.TextChoices):
        LEGAL = "legal", "Юридическое лицо"
        SOLE_PROPRIETOR = "sole_proprietor", "Индивидуальный предприниматель"
        SELF_EMPLOYED = "self_employed", "Самозанятый"
        INDIVIDUAL = "individual", "Агент ДГПХ"

    class State(models.TextChoices):
        ACTIVE = "active", "Действует"
        LIQUIDATING = "liquidating", "В процессе ликвидации"
        LIQUIDATED = "liquidated", "Ликвидирован"
        BANKRUPT = "bankrupt", "Банкрот"

    kind = models.CharField("Вид", max_length=20, choices=Kind)
    short_name = models.CharField("Наименование", max_length=300)
    full_name = models.CharField("Полное наименование", max_length=1000, blank=True)
    inn = models.CharField("ИНН", max_length=12, db_index=True)
    kpp = models.CharField("КПП", max_length=9, blank=True)
    ogrn = models.CharField("ОГРН/ОГРНИП", max_length=15, blank=True, db_index=True)
    registered_on = models.DateField("Дата регистрации", null=True, blank=True)
    legal_address = models.CharField("Юридический адрес", max_length=1000, blank=True)
    head_name = models.CharField("Руководитель", max_length=300, blank=True)
    head_position = models.CharField("Должность руководителя", max_length=300, blank=True)
    state = models.CharField("Состояние", max_length=20, choices=State, default=State.ACTIVE)
    warned = models.BooleanField(
        "Требует внимания",
        default=False,
        help_text="Новые задания с этим клиентом сначала согласует руководитель.",
    )
    name_key = models.CharField(max_length=queries.NAME_KEY_LENGTH, editable=False)
    search_key = models.CharField(max_length=1400, editable=False)
    created_at = models.DateTimeField("Создан", default=clock.now, editable=False)
    contacts: "models.ManyToManyField[Contact, ClientContact]" = models.ManyToManyField(
        "Contact", through="ClientContact", related_name="clients", verbose_name="Контакты"
    )

    SEARCH_KEYS = ("name_key", "search_key")

    objects = queries.ClientQuerySet.as_manager()

    class Meta:
        verbose_name = "клиент"
        verbose_name_plural = "клиенты"
        ordering = ["name_key", "pk"]
        # One person may be ИП, самозанятый and agent at once, with a card for each.
        constraints = [
            models.UniqueConstraint(fields=["inn", "kpp", "kind"], name="client_inn_kpp_kind")
        ]
        indexes = [
            models.Index(fields=["name_key", "id"], name="client_by_name"),
            # PostgreSQL serves LIKE 'ро%' from it whatever the collation of the database.
            models.Index(
                fields=["name_key"], name="client_name_begins", opclasses=["varchar_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_keys()
        super().save(*args, **kwargs)

    def fill_keys(self) -> None:
        """Sets the columns that search reads; ``save`` does it, ``bulk_create`` does not."""
        self.name_key = queries.name_key(self.short_name)
        self.search_key = queries.client_search_key(self.short_name, self.full_name)

    @property
    def signs_in_person(self) -> bool:
        """Whether the client is one person: no company or separate contact in the form."""
        return self.kind in {self.Kind.SELF_EMPLOYED, self.Kind.INDIVIDUAL}


class Contact(models.Model):
    """A person, known by a mobile phone. What is known of the person is in the versions.

    ``phone`` repeats the newest version's, to be unique. ``identified_at`` holds while the
    name, phone and numbers stay what they were: `clients.actions` clears it with them.
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
    def newest(self) -> "ContactVersion":
        """The current version. Raises ValueError for a contact that no action made."""
        if self.current is None:
            raise ValueError(f"Contact {self.pk} has no version.")
        return self.current


class ContactVersion(models.Model):
    """What was known of a contact at a time. Never changed; a task keeps the one it took."""

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="versions")
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
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

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
        """Sets the column that search reads; ``save`` does it, ``bulk_create`` does not."""
        self.name_key = queries.name_key(self.full_name)

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, [self.surname, self.given_name, self.patronymic]))

    @property
    def short_name(self) -> str:
        """«Петров П. П.»"""
        initials = [f"{name[0]}." for name in (self.given_name, self.patronymic) if name]
        return " ".join([self.surname, *initials])


class ClientContact(models.Model):
    """The link between a client and a contact; «Удалить связь» deletes it and nothing else."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="links")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="links")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "связь с контактом"
        verbose_name_plural = "связи с контактами"
        constraints = [models.UniqueConstraint(fields=["client", "contact"], name="link_once")]

    def __str__(self) -> str:
        return f"{self.client} – {self.contact}"

"""Clients: the companies and people that contracts are signed with."""

from typing import TYPE_CHECKING, Any

from django.db import models

from clients.models import queries
from econtract.platform.common import clock

if TYPE_CHECKING:
    from clients.models.contact import ClientContact, Contact


class Client(models.Model):
    """A client's card; created together with its first task."""

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
    needs_approval = models.BooleanField(
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
        # One person can be a sole proprietor, self-employed and a contractor: a card for each.
        constraints = [
            models.UniqueConstraint(fields=["inn", "kpp", "kind"], name="client_inn_kpp_kind")
        ]
        indexes = [
            models.Index(fields=["name_key", "id"], name="client_by_name"),
            # Serves LIKE 'ро%' on PostgreSQL, whatever the collation of the database.
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
        """Sets the columns for search. ``save`` calls it, ``bulk_create`` does not."""
        self.name_key = queries.name_key(self.short_name)
        self.search_key = queries.client_search_key(self.short_name, self.full_name)

    @property
    def signs_in_person(self) -> bool:
        """Whether the client is a person, who is also their own and only contact."""
        return self.kind in {self.Kind.SELF_EMPLOYED, self.Kind.INDIVIDUAL}

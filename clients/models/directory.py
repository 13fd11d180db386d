"""The directories that the new-task form chooses from: regions, services, account prefixes."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

validate_prefix = RegexValidator(r"\A[0-9]{3}\Z", "Начало ЛС – три цифры")
validate_account_rule = RegexValidator(
    r"\A(region|billing:.+)\Z", "Правило: region или billing:<система>"
)


class ArchiveSystem(models.TextChoices):
    """The electronic archive of a region (docs/rules.md#document-archive)."""

    APD = "APD", "АПД"
    RIO = "RIO", "РИО Картотека"


class Region(models.Model):
    """«Регион инсталляции»: where services are provided."""

    name = models.CharField("Регион", max_length=200, unique=True)
    mrf = models.CharField("Макрорегион", max_length=100, db_index=True)
    account_prefix = models.CharField("Начало ЛС", max_length=3, validators=[validate_prefix])
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
        validators=[validate_account_rule],
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

    def clean(self) -> None:
        """Raises ValidationError for a billing system that has no prefixes."""
        systems = set(BillingPrefix.objects.values_list("billing_system", flat=True))
        if systems and self.billing_system is not None and self.billing_system not in systems:
            known = ", ".join(sorted(systems))
            text = f"Кодов биллинга «{self.billing_system}» в справочнике нет. Есть: {known}"
            raise ValidationError({"account_rule": text})

    @property
    def billing_system(self) -> str | None:
        """The billing system whose prefixes apply; None if the region's prefix does."""
        _, separator, system = self.account_rule.partition(self.BY_BILLING)
        return system if separator else None


class BillingPrefix(models.Model):
    """The first digits of a billing system's accounts, in one macro-region or (blank) in all."""

    billing_system = models.CharField("Биллинг", max_length=100)
    service = models.CharField("Услуга", max_length=200)
    mrf = models.CharField("Макрорегион", max_length=100, blank=True)
    account_prefix = models.CharField("Начало ЛС", max_length=3, validators=[validate_prefix])
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

    def clean(self) -> None:
        """Raises ValidationError for names that would silently switch a rule off.

        That is a macro-region which no region has, another spelling of a billing system, and the
        last prefix of a system under another name, while services use the system.
        """
        regions = set(Region.objects.values_list("mrf", flat=True))
        if self.mrf and regions and self.mrf not in regions:
            known = ", ".join(sorted(regions))
            raise ValidationError({"mrf": f"Регионов этого макрорегиона нет. Есть: {known}"})
        others = BillingPrefix.objects.exclude(pk=self.pk)
        for system in set(others.values_list("billing_system", flat=True)):
            if system != self.billing_system and _key(system) == _key(self.billing_system):
                raise ValidationError({"billing_system": f"Биллинг уже записан как «{system}»"})
        before = BillingPrefix.objects.filter(pk=self.pk).first()
        if before and before.billing_system != self.billing_system and before.is_last_in_use:
            text = f"По биллингу «{before.billing_system}» проверяют ЛС услуги: измените их сначала"
            raise ValidationError({"billing_system": text})

    @property
    def is_last_in_use(self) -> bool:
        """Whether services use the billing system, and this is its only prefix."""
        others = BillingPrefix.objects.exclude(pk=self.pk)
        rule = f"{Service.BY_BILLING}{self.billing_system}"
        return (
            Service.objects.filter(account_rule=rule, active=True).exists()
            and not others.filter(billing_system=self.billing_system).exists()
        )


def _key(name: str) -> str:
    return "".join(name.split()).casefold()

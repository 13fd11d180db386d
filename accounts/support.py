"""Requests to technical support (docs/rules.md#support-requests), and the services they go to."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings


class HelpMeService(StrEnum):
    """A service of the portal HelpMe; the value is the name that users choose there."""

    ACCESS = "E-Contract: Предоставление доступа"
    SUPPORT = "E-Contract: Техническая поддержка"
    ERROR = "E-Contract: Техническая ошибка"

    @property
    def url(self) -> str:
        """The address where requests to this service are made."""
        return settings.HELPME_URLS[self.name]


@dataclass(frozen=True)
class SupportRequest:
    """A request ready to be pasted into HelpMe: the input of `components/support_request.html`.

    ``lines`` follow the name of the service. ``template_url`` leads to a form that has to be
    filled in and attached, if the request needs one.
    """

    service: HelpMeService
    lines: tuple[str, ...]
    template_url: str = ""

    @property
    def text(self) -> str:
        return "\n".join((f"Услуга: {self.service}", *self.lines))

    @property
    def url(self) -> str:
        return self.service.url


def build_access_request(login: str) -> SupportRequest:
    """For a user without a role or without task types."""
    lines = (
        "Прошу предоставить доступ к роли «Менеджер E-Contract».",
        f"Логин: {login}",
        "Типы заданий: ЮЛ/ИП B2B, Самозанятый B2B",
        "Регионы инсталляции: ",
        "Шаблон для предоставления доступа приложен.",
    )
    return SupportRequest(HelpMeService.ACCESS, lines, template_url=settings.ACCESS_TEMPLATE_URL)

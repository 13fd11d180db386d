"""The text of a request for access (docs/rules.md#support-requests)."""

SERVICE = "E-Contract: Предоставление доступа"


def request_text(login: str) -> str:
    """The request for a role, ready to be pasted into HelpMe."""
    return (
        f"Услуга: {SERVICE}\n"
        "Прошу предоставить доступ к роли «Менеджер E-Contract».\n"
        f"Логин: {login}\n"
        "Типы заданий: ЮЛ/ИП B2B, Самозанятый B2B\n"
        "Регионы инсталляции: \n"
        "Шаблон для предоставления доступа приложен."
    )

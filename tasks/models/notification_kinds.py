"""What people are told of, and by which ways."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What has happened, from the recipient's point of view."""

    SIGNED = "signed", "Клиент подписал документ"
    REFUSED = "refused", "Клиент отказался"
    ERROR = "error", "Ошибка в задании"
    AUTHORITY = "authority", "Пришли документы о полномочиях"
    GIVEN = "given", "Задание передано вам"
    LEFT = "left", "Ваше задание передано другому"
    COMMENT = "comment", "Новый комментарий"
    MENTION = "mention", "Вас упомянули в комментарии"
    APPROVAL = "approval", "Согласование"
    EXPIRY = "expiry", "Истекает сертификат или МЧД"
    EXPORT = "export", "Выгрузка в Excel"


# The person is told that a task has left him, which he may no longer see: number and name of
# the colleague, nothing of the task itself.
# An export is what he has ordered himself.
ABOUT_ONESELF = frozenset({Kind.LEFT, Kind.EXPORT})
# The answer to a wish: nobody chooses not to get it.
ANSWERS = frozenset({Kind.EXPORT})
# About the installation and not about a task.
FOR_ADMINISTRATORS = frozenset({Kind.EXPIRY})

ICONS = {
    Kind.SIGNED: "circle-check",
    Kind.REFUSED: "circle-x",
    Kind.ERROR: "alert-triangle",
    Kind.AUTHORITY: "file",
    Kind.GIVEN: "user-plus",
    Kind.LEFT: "arrows-exchange",
    Kind.COMMENT: "message",
    Kind.MENTION: "message",
    Kind.APPROVAL: "checklist",
    Kind.EXPIRY: "shield-check",
    Kind.EXPORT: "file-spreadsheet",
}


class Mail(TextChoices):
    """When an e-mail is sent; the day's letter holds only what has not been read by then."""

    NEVER = "never", "Не присылать"
    NOW = "now", "Сразу"
    DAILY = "daily", "Раз в день"


DEFAULT_MAIL = Mail.DAILY

"""What has happened, and what to do next, in one sentence for every status and resolution.

The card's banner, the help page «Приложение 1» and the texts of support requests read from here.
Names of buttons in the sentences are those of `tasks.screens.card.buttons`.
"""

from django.conf import settings

from accounts.support import HelpMeService, SupportRequest
from econtract.platform.common.formatting import format_with_zone
from tasks.models import Channel, SigningTask
from tasks.statuses import Resolution, Status

NEXT = {
    Status.ON_APPROVAL: "Руководитель группы доступа согласует задание или отклонит его "
    "с комментарием.",
    Status.APPROVAL_REJECTED: "Прочитайте комментарий руководителя, исправьте задание и отправьте "
    "его на согласование снова – или отмените.",
    Status.IDENTIFICATION_REQUESTED: "Сервис идентификации готовит ссылку: клиент получит ее "
    "по СМС и электронной почте.",
    Status.IDENTIFICATION_PENDING: "Клиент подтверждает личность по ссылке из СМС. Если он "
    "не получил ее, проверьте телефон и отправьте запрос заново.",
    Status.AUTHORITY_REVIEW: "Проверьте документы о полномочиях: подтвердите их или отклоните "
    "с комментарием для клиента.",
    Status.IDENTIFIED: "Проверьте задание и нажмите «Продолжить»: система создаст ЛК клиента "
    "и отправит документ на подписание.",
    Status.IDENTIFICATION_FAILED: "Свяжитесь с клиентом, исправьте данные и запросите "
    "идентификацию заново.",
    Status.CABINET_REQUESTED: "Система создает личный кабинет клиента.",
    Status.CABINET_FAILED: "Исправьте данные клиента и создайте ЛК заново.",
    Status.CABINET_CREATED: "Система готовит документ к отправке: архив, лицевой счет, "
    "подписант и доверенность.",
    Status.DOCUMENT_SENT: "Система подписывает документ за Ростелеком, прикладывает "
    "машиночитаемую доверенность и передает его оператору ЭДО.",
    Status.CONSENT_PENDING: "Ящик клиента принимает документы только от своих контрагентов. "
    "Когда клиент примет приглашение Ростелекома в своем ЛК ЭДО, документ уйдет сам.",
    Status.CONFIRMATION_PENDING: "Когда подписант подтвердит подпись, документ уйдет клиенту сам. "
    "Если ждать нельзя, позвоните подписанту.",
    Status.DOCUMENT_SIGNING: "Клиент подписывает документ в своем ЛК ЭДО. Напоминания уходят сами.",
    Status.SIGNATURE_REVIEW: "Клиент подписал документ, но проверить его подпись система "
    "не смогла. Администратор примет или отклонит ее; пока документ не отзывается.",
    Status.SIGNING_FAILED: "Устраните причину и отправьте документ снова.",
    Status.DOCUMENT_SIGNED: "Система собирает подписанный пакет и передает его в архив.",
    Status.ARCHIVE_FAILED: "Оформите заявку в техническую поддержку: текст готов в карточке. "
    "После исправления передайте пакет в архив снова.",
    Status.COMPLETED: "Скачайте подписанный пакет и вложите его в CRM, где ведется продажа.",
    Status.CANCELLED: "Задание закрыто без подписания. Чтобы начать заново, создайте новое.",
}

# Where a task that is signed by SMS goes another way.
NEXT_BY_SMS = {
    Status.DOCUMENT_SENT: "Система подписывает документ за Ростелеком и отправляет клиенту СМС "
    "со ссылкой на него.",
    Status.DOCUMENT_SIGNING: "Клиент читает документ по ссылке из СМС и подписывает его кодом. "
    "Как далеко он дошел, видно в блоке «Подписание». Напоминания уходят сами.",
}

NEXT_BY_RESOLUTION = {
    Resolution.AUTHORITY_PENDING: "Клиент должен прислать другие документы о полномочиях. "
    "Позвоните и объясните, какие нужны.",
    Resolution.DATA_REFUSED: "Клиент не дал согласие на передачу данных. Позвоните ему, "
    "объясните, зачем это нужно, и запросите идентификацию заново.",
    Resolution.CHANGE_SERVICES: "Клиент хочет изменить услуги. Согласуйте с ним изменения; если "
    "меняется договор, замените документ или отмените задание и создайте новое.",
    Resolution.DATA_MISMATCH: "Сверьте с клиентом ФИО и телефон, исправьте контактное лицо "
    "и запросите идентификацию заново.",
    Resolution.BLACKLISTED: "Клиент в черных списках. Проверьте организацию по чек-листу "
    "на портале dataport; решите с руководителем, продолжать ли.",
    Resolution.NO_ANSWER: "Клиент не ответил в срок. Позвоните ему и повторите запрос.",
    Resolution.CABINET_EXISTS: "ЛК с таким телефоном уже есть. Уточните телефон у клиента, "
    "исправьте контактное лицо и создайте ЛК заново.",
    Resolution.CABINET_BAD_DATA: "Сверьте данные клиента и контактного лица, исправьте их "
    "и создайте ЛК заново.",
    Resolution.SEND_FAILED: "Документ не отправлен. Прочитайте причину, исправьте "
    "документ или данные клиента и отправьте снова.",
    Resolution.CLIENT_REFUSED: "Клиент отказался подписать. Позвоните ему, выясните причину, "
    "при необходимости замените документ и отправьте снова.",
    Resolution.WRONG_NUMBER: "Получатель СМС сообщил, что это не его номер. Узнайте у клиента "
    "другой номер, исправьте контактное лицо и запросите идентификацию заново.",
    Resolution.ACCOUNT_UNVERIFIED: "Исправьте лицевой счет и выполните «Проверка ЛС». Счет, "
    "созданный менее 60 минут назад, может быть еще не виден.",
    Resolution.POWER_OF_ATTORNEY_INVALID: "Доверенность подписанта не действует. Оформите "
    "заявку: текст готов в карточке; когда ее обновят, отправьте документ снова.",
    Resolution.CERTIFICATE_INVALID: "Сертификат подписанта не действует. Оформите "
    "заявку: текст готов в карточке; когда его обновят, отправьте документ снова.",
    Resolution.WITHDRAWN: "Документ отозван. Если он откреплен, вложите исправленный, потом "
    "отправьте его снова.",
    Resolution.ARCHIVE_REJECTED: "Архив не принял пакет. Оформите заявку в техническую "
    "поддержку: текст готов в карточке.",
    Resolution.REVIEW_NEEDED: "Просмотрите страницы документа: при преобразовании что-то могло "
    "измениться. Подтвердите, что все верно, и документ уйдет клиенту – или замените его.",
    Resolution.CONSENT_REFUSED: "Клиент отклонил приглашение к обмену документами. Позвоните ему "
    "и объясните, зачем оно; потом отправьте документ снова.",
    Resolution.NOT_CONFIRMED: "Подписант отклонил подпись или не подтвердил ее вовремя. "
    "Свяжитесь с ним и отправьте документ снова; если не помогает, оформите заявку: текст готов "
    "в карточке.",
    Resolution.CLIENT_SIGNATURE_INVALID: "Подпись клиента недействительна. Объясните клиенту "
    "причину и отправьте документ снова, чтобы он подписал его другим сертификатом; если клиент "
    "не согласен, оформите заявку: текст готов в карточке.",
    Resolution.DOCUMENT_REJECTED: "Электронный архив не принял документ, поэтому он не отправлен "
    "клиенту. Замените документ или передайте его в архив снова, потом отправьте; если "
    "не помогает, оформите заявку: текст готов в карточке.",
    Resolution.INTERNAL_ERROR: "Сбой в самом E-Contract, внешние системы и клиент ни при чем. "
    "Повторите действие; если не помогает, оформите заявку: текст готов в карточке.",
    Resolution.SERVICE_UNAVAILABLE: "Внешняя система не отвечала долго. Повторите действие; если "
    "не помогает, оформите заявку: текст готов в карточке.",
}

# Where the way on is a request to support (docs/rules.md#support-requests).
ASK_SUPPORT = {
    Resolution.SERVICE_UNAVAILABLE: HelpMeService.ERROR,
    Resolution.INTERNAL_ERROR: HelpMeService.ERROR,
    Resolution.ARCHIVE_REJECTED: HelpMeService.SUPPORT,
    Resolution.DOCUMENT_REJECTED: HelpMeService.SUPPORT,
    Resolution.CLIENT_SIGNATURE_INVALID: HelpMeService.SUPPORT,
    Resolution.CERTIFICATE_INVALID: HelpMeService.SUPPORT,
    Resolution.POWER_OF_ATTORNEY_INVALID: HelpMeService.SUPPORT,
    Resolution.NOT_CONFIRMED: HelpMeService.SUPPORT,
    Resolution.SEND_FAILED: HelpMeService.SUPPORT,
    Resolution.ACCOUNT_UNVERIFIED: HelpMeService.SUPPORT,
    Resolution.CABINET_EXISTS: HelpMeService.SUPPORT,
}


def next_step(status: Status, resolution: str, channel: str = Channel.EDO) -> str:
    """What to do now, in one or two sentences."""
    if resolution:
        return NEXT_BY_RESOLUTION[Resolution(resolution)]
    if channel == Channel.SMS and status in NEXT_BY_SMS:
        return NEXT_BY_SMS[status]
    return NEXT[status]


def find_support_service(task: SigningTask) -> HelpMeService | None:
    """The service to write to about this task, None where no request is the way on."""
    if task.status == Status.ARCHIVE_FAILED:
        is_rejected = task.resolution == Resolution.ARCHIVE_REJECTED
        return HelpMeService.SUPPORT if is_rejected else HelpMeService.ERROR
    return ASK_SUPPORT.get(Resolution(task.resolution)) if task.resolution else None


def build_support_request(
    task: SigningTask, reason: str = "", outside_code: str = ""
) -> SupportRequest | None:
    """The request about this task with what support asks for first; no personal data.

    None where no request is the way on. ``outside_code`` is the code with which an outside system
    refused, with the system's name.
    """
    service = find_support_service(task)
    if service is None:
        return None
    lines = [
        f"Задание: {task.number}, {settings.PUBLIC_URL}{task.get_absolute_url()}",
        f"Статус: {Status(task.status).label}, с {format_with_zone(task.status_changed_at)}",
    ]
    if task.resolution:
        lines.append(f"Резолюция: {Resolution(task.resolution).label}")
    if reason:
        lines.append(f"Сообщение системы: {reason}")
    if outside_code:
        lines.append(f"Код внешней системы: {outside_code}")
    lines.append(f"Регион: {task.region.name}")
    lines.append("Что произошло: ")
    return SupportRequest(service, tuple(lines))

"""Entries of the history in words."""

FIELDS = {
    "surname": "Фамилия",
    "given_name": "Имя",
    "patronymic": "Отчество",
    "phone": "Мобильный телефон",
    "email": "Электронная почта",
    "position": "Должность",
    "authority": "Основание подписания",
    "inn": "ИНН",
    "snils": "СНИЛС",
    "account_number": "Лицевой счет",
}
SENTENCES = {
    "submit": "Задание создано",
    "contact_edited": "Контактное лицо изменено",
    "contact_refreshed": "Данные контактного лица обновлены до последней версии",
    "contact_replaced": "Контактное лицо заменено",
    "document_attached": "Документ вложен",
    "document_removed": "Документ откреплен",
    "document_reviewed": "Страницы документа просмотрены",
    "document_lodged": "Документ передан в электронный архив",
    "account_verified": "Лицевой счет проверен",
    "account_unverified": "Лицевой счет изменен, нужна проверка",
    "fraud_check_confirmed": "Отмечено: проверка клиента на благонадежность проведена",
    "channel_chosen": "Выбран способ подписания",
    "recipient_chosen": "Выбран ящик клиента",
    "client_reminded": "Клиенту отправлено напоминание",
    "revocation_requested": "Отзываем отправленный документ",
    "revocation_too_late": "Отозвать не удалось: клиент уже подписал документ",
    "revocation_needs_client": "Отозвать документ можно только с согласия клиента: ждем его ответа",
    "revocation_refused": "Отозвать не удалось",
    "revocation_failed": "Отозвать не удалось: оператор ЭДО не ответил",
}
MANAGER_CHANGES = {
    "taken_over": "Принято в работу",
    "given_back": "Возвращено",
    "handed_over": "Передано",
}

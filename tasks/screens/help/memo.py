"""«Памятка»: one page to print, with a picture for each step. The pictures are SVG in templates."""

from dataclasses import dataclass

from accounts.support import HelpMeService


@dataclass(frozen=True)
class MemoStep:
    """One step of the way of a contract; ``picture`` is its template in `help/pictures/`."""

    title: str
    text: str
    picture: str

    @property
    def template(self) -> str:
        return f"tasks/help/pictures/_{self.picture}.html"


STEPS = (
    MemoStep(
        "Подготовьте документ",
        "Договор и приложения: PDF до 30 МБ, Word или Excel до 10 МБ. Они станут одним PDF.",
        "document",
    ),
    MemoStep(
        "Заполните задание",
        "Клиент, контактное лицо, регион, ЛК ЭДО, подписант, документ, лицевой счет, услуги.",
        "form",
    ),
    MemoStep(
        "Предупредите клиента",
        "Сейчас придет СМС со ссылкой. Нужна его личная учетная запись на Госуслугах.",
        "call",
    ),
    MemoStep(
        "Клиент подтверждает личность",
        "Открывает ссылку, входит на Госуслуги и разрешает передать данные.",
        "identity",
    ),
    MemoStep(
        "Клиент подписывает",
        "Подпись Ростелекома уже стоит. Клиент подписывает документ и ничего не печатает.",
        "signature",
    ),
    MemoStep(
        "Готово",
        "Пакет с подписями в электронном архиве и на карточке. Вложите его в CRM.",
        "archive",
    ),
)

MISTAKES = (
    "Телефон контактного лица – не его: ссылка уйдет чужому человеку.",
    "Файлы вложены не в том порядке: клиент подпишет один документ, проверьте его страницы.",
    "«Проверка ЛС» не выполнена: без нее документ не уйдет на подписание.",
    "Контактное лицо без права подписи: попросите доверенность или приказ заранее.",
    "Изменения после отправки: открепите документ, он будет отозван, и вложите исправленный.",
)


@dataclass(frozen=True)
class SupportAddress:
    """A service of HelpMe and when to write to it."""

    service: HelpMeService
    occasion: str

    @property
    def url(self) -> str:
        return self.service.url


SUPPORT_ADDRESSES = (
    SupportAddress(HelpMeService.ACCESS, "нет роли или типа заданий"),
    SupportAddress(
        HelpMeService.SUPPORT, "нет регионов, ЛС не находится больше часа, ошибка подписания"
    ),
    SupportAddress(HelpMeService.ERROR, "все заполнено, а задание не создается; сбой системы"),
)

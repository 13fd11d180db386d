"""What an evidence record can be about."""

from enum import StrEnum


class RecordKind(StrEnum):
    """The event of a record. Values never change: they are hashed.

    The order check (`order.py`) and the warnings (`warnings.py`) read these facts, the others are
    for people:

    - `person_identified`: `identified_at` (ISO 8601), `method` (`IdentificationMethod`),
      `reference`, `confirmed_by` (an id: the employee who accepted documents), `phone_masked`;
    - `number_bound`: `bound_at` (ISO 8601: since when the contact has this number), `by_role`,
      `by_user` (an id), `is_replacement` (the contact had another one before), `phone_masked`;
    - `link_created`, `link_ended`: `link` (its id), and `end` for why it has ended;
    - `agreement_shown`, `consent_shown`: `text_sha256`, `version`;
    - `agreement_accepted`, `consent_accepted`: the same; where the person accepted this very text
      in an earlier signing, `accepted_at` (ISO 8601) and `earlier_signing` (its id) besides;
    - `page_shown`: `page` (its number, 1 is the first);
    - `code_created`: `code` (its id), `link`, `document_sha256`, `expires_at` (ISO 8601);
    - `code_checked`: `code`, `attempt` (1, 2, 3), `is_right`;
    - `signed`: `code`, `document_sha256`;
    - `document_sent_to_sign`: `document_sha256` (our own signature is over it);
    - `mark_made`: `copy_sha256`, of the copy with the mark of the signature;
    - `consent_withdrawn`: `text_sha256`;
    - `number_disclosed`, `values_erased`: `by_user`, and `values`, how many there were.

    A message (`link_sent`, `code_sent` and so on) has `message` (its id) and `channel`; when it was
    sent `template` and `text`, with dots in the place of a link or a code; `reason` when it failed.
    Personal values: `name` and `phone` with `person_identified` and `number_bound`; `address`,
    `browser`, `languages`, `screen`, `time_zone`, `device` with what the client does.
    """

    PERSON_IDENTIFIED = "person_identified"
    NUMBER_BOUND = "number_bound"
    DOCUMENT_SENT_TO_SIGN = "document_sent_to_sign"
    LINK_CREATED = "link_created"
    LINK_SENT = "link_sent"
    LINK_DELIVERED = "link_delivered"
    LINK_FAILED = "link_failed"
    LINK_OPENED = "link_opened"
    LINK_ENDED = "link_ended"
    AGREEMENT_SHOWN = "agreement_shown"
    AGREEMENT_ACCEPTED = "agreement_accepted"
    CONSENT_SHOWN = "consent_shown"
    CONSENT_ACCEPTED = "consent_accepted"
    PAGE_SHOWN = "page_shown"
    END_REACHED = "end_reached"
    DOCUMENT_DOWNLOADED = "document_downloaded"
    CODE_CREATED = "code_created"
    CODE_SENT = "code_sent"
    CODE_DELIVERED = "code_delivered"
    CODE_FAILED = "code_failed"
    CODE_CHECKED = "code_checked"
    SIGNED = "signed"
    REFUSED = "refused"
    WRONG_NUMBER = "wrong_number"
    REVOKED = "revoked"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    MARK_MADE = "mark_made"
    NUMBER_DISCLOSED = "number_disclosed"
    VALUES_ERASED = "values_erased"

    @property
    def label(self) -> str:
        """The event in Russian, for people."""
        return _LABELS[self]


_LABELS = {
    RecordKind.PERSON_IDENTIFIED: "Личность установлена",
    RecordKind.NUMBER_BOUND: "Номер телефона закреплен за подписантом",
    RecordKind.DOCUMENT_SENT_TO_SIGN: "Документ подписан нашей стороной и отправлен на подпись",
    RecordKind.LINK_CREATED: "Создана ссылка на документ",
    RecordKind.LINK_SENT: "Ссылка отправлена",
    RecordKind.LINK_DELIVERED: "Ссылка доставлена",
    RecordKind.LINK_FAILED: "Ссылка не доставлена",
    RecordKind.LINK_OPENED: "Ссылка открыта",
    RecordKind.LINK_ENDED: "Ссылка больше не действует",
    RecordKind.AGREEMENT_SHOWN: "Показано соглашение об электронном взаимодействии",
    RecordKind.AGREEMENT_ACCEPTED: "Принято соглашение об электронном взаимодействии",
    RecordKind.CONSENT_SHOWN: "Показано согласие на обработку персональных данных",
    RecordKind.CONSENT_ACCEPTED: "Дано согласие на обработку персональных данных",
    RecordKind.PAGE_SHOWN: "Показана страница документа",
    RecordKind.END_REACHED: "Документ пролистан до конца",
    RecordKind.DOCUMENT_DOWNLOADED: "Документ скачан",
    RecordKind.CODE_CREATED: "Создан код подписания",
    RecordKind.CODE_SENT: "Код отправлен",
    RecordKind.CODE_DELIVERED: "Код доставлен",
    RecordKind.CODE_FAILED: "Код не доставлен",
    RecordKind.CODE_CHECKED: "Введен код",
    RecordKind.SIGNED: "Документ подписан",
    RecordKind.REFUSED: "Отказ от подписания",
    RecordKind.WRONG_NUMBER: "Получатель сообщил, что это не его номер",
    RecordKind.REVOKED: "Документ отозван",
    RecordKind.CONSENT_WITHDRAWN: "Согласие на обработку персональных данных отозвано",
    RecordKind.MARK_MADE: "Сделана копия с отметкой о подписи",
    RecordKind.NUMBER_DISCLOSED: "Номер телефона раскрыт",
    RecordKind.VALUES_ERASED: "Персональные данные стерты",
}

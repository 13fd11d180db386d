"""The scenarios of the demo data: a task in every status and with every resolution.

A scenario describes a task and how far it has come; `tasks.demo.player` plays it.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from accounts.roles import TaskType
from tasks.models import Channel, DocumentKind

MOSCOW = "Москва и Московская область"
TULA = "Тульская область"
SVERDLOVSK = "Свердловская область"
KRASNODAR = "Краснодарский край"
NOVOSIBIRSK = "Новосибирская область"
TATARSTAN = "Республика Татарстан"


@dataclass(frozen=True)
class Scenario:
    """One task, created ``age`` ago.

    ``inn``: the client, "" for the next organisation of the registry. ``identification_result``
    and ``signing_result`` are what the client does, ``accepts_invitation`` where they are asked to
    exchange documents first. By SMS the result is signed, silent (they have read the document) or
    undelivered, and the task is created at noon, because no link leaves at night. ``proceeds``:
    the manager goes on after identification. ``stuck_in`` is the status whose outside call never
    gets a response. ``failing_system`` is the system whose calls fail until the task gives up.
    ``final_action`` is an action of the manager at the end.
    """

    age: timedelta
    region: str = MOSCOW
    manager: str = "manager"
    channel: Channel = Channel.EDO
    task_type: TaskType = TaskType.LEGAL
    inn: str = ""
    file_format: str = "pdf"
    document_kind: str = DocumentKind.CONTRACT
    services: tuple[str, ...] = ("internet",)
    has_fraud_check: bool = False
    approval_decision: str = ""
    identification_result: str = "passed"
    authority_decision: str = ""
    proceeds: bool = True
    has_own_account: bool = True
    signatory: str = "signer-ivanova"
    accepts_invitation: bool = True
    signing_result: str = "signed"
    stuck_in: str = ""
    failing_system: str = ""
    final_action: str = ""
    comments: tuple[tuple[str, str], ...] = field(default=())


def days(number: float) -> timedelta:
    return timedelta(days=number)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


SELF_EMPLOYED = TaskType.SELF_EMPLOYED
CONTRACTOR = TaskType.CONTRACTOR
SMS = Channel.SMS
COMMENT_OF_LEAD = ("teamlead", "Клиент просил ускорить, проверьте, пожалуйста, сегодня.")
COMMENT_OF_MANAGER = ("manager", "Созвонились с клиентом: подпишет после обеда.")

COMPLETED = (
    Scenario(days(60), file_format="word", comments=(COMMENT_OF_MANAGER,)),
    Scenario(days(45), manager="manager2", services=("internet", "telephony")),
    Scenario(days(31), region=TULA, document_kind=DocumentKind.SUPPLEMENT),
    Scenario(days(27), task_type=SELF_EMPLOYED, inn="771234567859", file_format="word"),
    Scenario(days(24), task_type=CONTRACTOR, inn="772345678901"),
    Scenario(days(20), region=NOVOSIBIRSK, manager="manager3"),
    Scenario(days(16), file_format="sheet", document_kind="order_form"),
    Scenario(days(12), region=SVERDLOVSK, manager="manager4"),
    Scenario(days(9), inn="7701001100", services=("mobile",), has_fraud_check=True),
    Scenario(days(6), region=KRASNODAR, manager="manager2", document_kind=DocumentKind.ACCEPTANCE),
    Scenario(days(3), manager="manager2", inn="7701001301", document_kind="specification"),
    Scenario(days(1), inn="7701001206", services=("virtual_pbx",), approval_decision="approve"),
    Scenario(minutes(95), inn="500100732259"),
    Scenario(days(1.6), channel=SMS, task_type=CONTRACTOR),
)

WAITING = (
    Scenario(minutes(25), identification_result="silent"),
    Scenario(days(1.2), manager="manager2", identification_result="silent"),
    Scenario(days(3.4), region=SVERDLOVSK, manager="manager4", identification_result="silent"),
    Scenario(minutes(50), task_type=SELF_EMPLOYED, identification_result="silent"),
    Scenario(
        minutes(12), inn="7701002908", signing_result="silent", comments=(COMMENT_OF_MANAGER,)
    ),
    Scenario(minutes(70), manager="manager2", signing_result="silent", file_format="word"),
    Scenario(days(2), region=KRASNODAR, manager="manager2", signing_result="silent"),
    Scenario(days(4), signing_result="silent", comments=(COMMENT_OF_LEAD,)),
    Scenario(days(5), region=NOVOSIBIRSK, manager="manager3", signing_result="silent"),
    Scenario(minutes(40), inn="7701002200", identification_result="documents"),
    Scenario(days(1), manager="manager2", identification_result="documents"),
    Scenario(days(2.5), identification_result="documents", authority_decision="decline"),
    Scenario(minutes(35), region=NOVOSIBIRSK, manager="manager3", proceeds=False),
    Scenario(days(1.5), region=TATARSTAN, proceeds=False, comments=(COMMENT_OF_LEAD,)),
    Scenario(
        minutes(55),
        inn="7701002400",
        identification_result="passed_change_services",
        proceeds=False,
    ),
    Scenario(minutes(30), channel=SMS, task_type=SELF_EMPLOYED, signing_result="silent"),
    Scenario(minutes(34), channel=SMS, task_type=SELF_EMPLOYED, signing_result="undelivered"),
    Scenario(minutes(31), inn="7701003605", accepts_invitation=False),
    Scenario(days(1.4), signing_result="personal"),
    Scenario(minutes(15), services=("mobile",), approval_decision="wait"),
    Scenario(days(1), manager="manager2", services=("virtual_pbx",), approval_decision="wait"),
    Scenario(days(2), services=("toll_free",), approval_decision="reject"),
)

FAILED = (
    Scenario(
        days(1), inn="7701001809", identification_result="data_refused", comments=(COMMENT_OF_LEAD,)
    ),
    Scenario(minutes(18), manager="manager2", identification_result="data_refused"),
    Scenario(days(2), inn="7701002305", identification_result="authority_pending"),
    Scenario(minutes(65), inn="7701002506", identification_result="change_services"),
    Scenario(days(1.1), inn="7701002009", identification_result="data_mismatch"),
    Scenario(days(3), inn="7701002104", identification_result="blacklisted"),
    Scenario(days(9), inn="7701001904", identification_result="expire"),
    Scenario(minutes(45), manager="manager2", failing_system="identity"),
    Scenario(minutes(32), inn="7701002601"),
    Scenario(days(1), inn="7701002707"),
    Scenario(minutes(42), region=SVERDLOVSK, manager="manager4", failing_system="cabinet"),
    Scenario(days(1.3), has_own_account=False),
    Scenario(minutes(28), manager="manager2", has_own_account=False),
    Scenario(days(2.2), inn="7701002802", signing_result="refused"),
    Scenario(days(16), signing_result="expire"),
    Scenario(minutes(52), signatory="signer-egorov"),
    Scenario(minutes(48), signatory="signer-kuznetsov"),
    Scenario(minutes(75), signing_result="withdrawn"),
    Scenario(days(1.7), inn="7701003108", signing_result="foreign"),
    Scenario(minutes(38), inn="7701003404"),
    Scenario(minutes(36), manager="manager2", failing_system="signing"),
    Scenario(days(1.6), signing_result="change_services"),
    Scenario(days(2.8), manager="manager2", signing_result="blacklisted"),
    Scenario(days(2), region=NOVOSIBIRSK, manager="manager3", failing_system="rio"),
    Scenario(days(2.1), inn="7701003500"),
    Scenario(minutes(58), failing_system="apd"),
)

STUCK = (
    Scenario(minutes(4), stuck_in="identification_requested"),
    Scenario(minutes(6), stuck_in="cabinet_requested"),
    Scenario(minutes(7), stuck_in="cabinet_created"),
    Scenario(minutes(8), stuck_in="document_sent"),
    Scenario(minutes(9), inn="7701001301", stuck_in="document_signed"),
)

CANCELLED = (
    Scenario(days(33), identification_result="silent", final_action="cancel"),
    Scenario(days(14), manager="manager2", signing_result="silent", final_action="cancel"),
    Scenario(
        days(5),
        task_type=SELF_EMPLOYED,
        identification_result="data_refused",
        final_action="cancel",
    ),
)

SCENARIOS = tuple(
    sorted(
        [*COMPLETED, *WAITING, *FAILED, *STUCK, *CANCELLED],
        key=lambda scenario: scenario.age,
        reverse=True,
    )
)

"""What the demonstration shows: a task in every status and with every resolution.

A scenario says who made a task for whom and how far it came; `tasks.demo.player` plays it.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from accounts.roles import TaskType
from tasks.models import DocumentKind

MOSCOW = "Москва и Московская область"
TULA = "Тульская область"
SVERDLOVSK = "Свердловская область"
KRASNODAR = "Краснодарский край"
NOVOSIBIRSK = "Новосибирская область"
TATARSTAN = "Республика Татарстан"


@dataclass(frozen=True)
class Scenario:
    """One task. ``answer`` is what the client says to identification, ``fate`` what becomes of
    the document at the client; ``stop`` is a status of the system that the task is caught in,
    ``down`` a system that never answered. ``inn`` empty: the next organisation of the registry.
    """

    age: timedelta
    region: str = MOSCOW
    manager: str = "manager"
    task_type: TaskType = TaskType.LEGAL
    inn: str = ""
    paper: str = "pdf"
    kind: DocumentKind = DocumentKind.CONTRACT
    services: tuple[str, ...] = ("internet",)
    fraud_check: bool = False
    approval: str = ""
    answer: str = "passed"
    authority: str = ""
    proceed: bool = True
    account: str = "right"
    signatory: str = "signer-ivanova"
    fate: str = "signed"
    stop: str = ""
    down: str = ""
    then: str = ""
    comments: tuple[tuple[str, str], ...] = field(default=())


def days(number: float) -> timedelta:
    return timedelta(days=number)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


SELF = TaskType.SELF_EMPLOYED
AGENT = TaskType.CONTRACTOR
LEAD_ASKS = ("teamlead", "Клиент просил ускорить, проверьте, пожалуйста, сегодня.")
MANAGER_CALLED = ("manager", "Созвонились с клиентом: подпишет после обеда.")

COMPLETED = (
    Scenario(days(60), paper="word", comments=(MANAGER_CALLED,)),
    Scenario(days(45), manager="manager2", services=("internet", "telephony")),
    Scenario(days(31), region=TULA, kind=DocumentKind.SUPPLEMENT),
    Scenario(days(27), task_type=SELF, inn="771234567859", paper="word"),
    Scenario(days(24), task_type=AGENT, inn="772345678901"),
    Scenario(days(20), region=NOVOSIBIRSK, manager="manager3"),
    Scenario(days(16), paper="sheet", kind=DocumentKind.ORDER_FORM),
    Scenario(days(12), region=SVERDLOVSK, manager="manager4"),
    Scenario(days(9), inn="7701001100", services=("mobile",), fraud_check=True),
    Scenario(days(6), region=KRASNODAR, manager="manager2", kind=DocumentKind.ACCEPTANCE),
    Scenario(days(3), manager="manager2", inn="7701001301", kind=DocumentKind.SPECIFICATION),
    Scenario(days(1), inn="7701001206", services=("virtual_pbx",), approval="approve"),
    Scenario(minutes(95), inn="500100732259"),
)

WAITING = (
    Scenario(minutes(25), answer="silent"),
    Scenario(days(1.2), manager="manager2", answer="silent"),
    Scenario(days(3.4), region=SVERDLOVSK, manager="manager4", answer="silent"),
    Scenario(minutes(50), task_type=SELF, answer="silent"),
    Scenario(minutes(12), inn="7701002908", fate="silent", comments=(MANAGER_CALLED,)),
    Scenario(minutes(70), manager="manager2", fate="silent", paper="word"),
    Scenario(days(2), region=KRASNODAR, manager="manager2", fate="silent"),
    Scenario(days(4), fate="silent", comments=(LEAD_ASKS,)),
    Scenario(days(5), region=NOVOSIBIRSK, manager="manager3", fate="silent"),
    Scenario(minutes(40), inn="7701002200", answer="documents"),
    Scenario(days(1), manager="manager2", answer="documents"),
    Scenario(days(2.5), answer="documents", authority="decline"),
    Scenario(minutes(35), region=NOVOSIBIRSK, manager="manager3", proceed=False),
    Scenario(days(1.5), region=TATARSTAN, proceed=False, comments=(LEAD_ASKS,)),
    Scenario(minutes(55), inn="7701002400", answer="passed_change_services", proceed=False),
    Scenario(minutes(15), services=("mobile",), approval="wait"),
    Scenario(days(1), manager="manager2", services=("virtual_pbx",), approval="wait"),
    Scenario(days(2), services=("toll_free",), approval="reject"),
)

FAILED = (
    Scenario(days(1), inn="7701001809", answer="data_refused", comments=(LEAD_ASKS,)),
    Scenario(minutes(18), manager="manager2", answer="data_refused"),
    Scenario(days(2), inn="7701002305", answer="authority_pending"),
    Scenario(minutes(65), inn="7701002506", answer="change_services"),
    Scenario(days(1.1), inn="7701002009", answer="data_mismatch"),
    Scenario(days(3), inn="7701002104", answer="blacklisted"),
    Scenario(days(9), inn="7701001904", answer="expire"),
    Scenario(minutes(45), manager="manager2", down="identity"),
    Scenario(minutes(32), inn="7701002601"),
    Scenario(days(1), inn="7701002707"),
    Scenario(minutes(42), region=SVERDLOVSK, manager="manager4", down="cabinet"),
    Scenario(days(1.3), account="foreign"),
    Scenario(minutes(28), manager="manager2", account="foreign"),
    Scenario(days(2.2), inn="7701002802", fate="refused"),
    Scenario(days(16), fate="expire"),
    Scenario(minutes(52), signatory="signer-egorov"),
    Scenario(minutes(48), signatory="signer-kuznetsov"),
    Scenario(minutes(75), fate="withdrawn"),
    Scenario(days(1.7), inn="7701003002", fate="broken"),
    Scenario(minutes(38), inn="7701003404"),
    Scenario(minutes(36), manager="manager2", down="signing"),
    Scenario(days(1.6), fate="change_services"),
    Scenario(days(2.8), manager="manager2", fate="blacklisted"),
    Scenario(days(2), region=NOVOSIBIRSK, manager="manager3", down="rio"),
    Scenario(days(2.1), inn="7701003500"),
    Scenario(minutes(58), down="apd"),
)

CAUGHT = (
    Scenario(minutes(4), stop="identification_requested"),
    Scenario(minutes(6), stop="cabinet_requested"),
    Scenario(minutes(7), stop="cabinet_created"),
    Scenario(minutes(8), stop="document_sent"),
    Scenario(minutes(9), inn="7701001301", stop="document_signed"),
)

CANCELLED = (
    Scenario(days(33), answer="silent", then="cancel"),
    Scenario(days(14), manager="manager2", fate="silent", then="cancel"),
    Scenario(days(5), task_type=SELF, answer="data_refused", then="cancel"),
)

SCENARIOS = tuple(
    sorted(
        [*COMPLETED, *WAITING, *FAILED, *CAUGHT, *CANCELLED],
        key=lambda scenario: scenario.age,
        reverse=True,
    )
)

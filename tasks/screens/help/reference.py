"""«Приложение 1»: the lifecycle's own tables in words."""

from dataclasses import dataclass

from tasks.statuses import Resolution, Status, WaitsFor, resolutions_of, status_rows
from tasks.wording.badges import ICONS, kind_of
from tasks.wording.guidance import NEXT, NEXT_BY_RESOLUTION


@dataclass(frozen=True)
class StatusLine:
    """A status: its stage, whose turn it is, what may be changed, what to do."""

    stage: str
    kind: str
    icon: str
    status: str
    turn: str
    client_data: str
    document: str
    advice: str


@dataclass(frozen=True)
class ResolutionLine:
    """A resolution, the statuses that carry it, what to do."""

    resolution: str
    statuses: str
    advice: str


def statuses_table() -> list[StatusLine]:
    """All statuses in the order of the course."""
    return [
        StatusLine(
            stage=str(fact.stage.label),
            kind=kind_of(status),
            icon=ICONS[kind_of(status)],
            status=str(status.label),
            turn="–" if fact.waits_for == WaitsFor.NOBODY else str(fact.waits_for.label),
            client_data="да" if fact.client_data_editable else "нет",
            document="да" if fact.document_replaceable else "нет",
            advice=NEXT[status],
        )
        for status, fact in status_rows().items()
    ]


def resolutions_table() -> list[ResolutionLine]:
    """All resolutions in the order of the table."""
    return [
        ResolutionLine(
            resolution=str(resolution.label),
            statuses=", ".join(
                f"«{status.label}»" for status in Status if resolution in resolutions_of(status)
            ),
            advice=NEXT_BY_RESOLUTION[resolution],
        )
        for resolution in Resolution
    ]

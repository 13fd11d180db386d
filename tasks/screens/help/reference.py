"""«Приложение 1»: the tables of the lifecycle, for «Справка»."""

from dataclasses import dataclass

from tasks.statuses import Resolution, Status, WaitsFor, resolutions_of, status_rows
from tasks.wording.badges import ICONS, kind_of
from tasks.wording.guidance import NEXT, NEXT_BY_RESOLUTION


@dataclass(frozen=True)
class StatusHelp:
    """A status: its stage, whose turn it is, what can be changed, what to do."""

    stage: str
    badge: str
    icon: str
    status: str
    turn: str
    client_data: str
    document: str
    advice: str


@dataclass(frozen=True)
class ResolutionHelp:
    """A resolution, the statuses that can have it, what to do."""

    resolution: str
    statuses: str
    advice: str


def build_statuses_table() -> list[StatusHelp]:
    """All statuses in the order of the process."""
    return [
        StatusHelp(
            stage=str(row.stage.label),
            badge=kind_of(status),
            icon=ICONS[kind_of(status)],
            status=str(status.label),
            turn="–" if row.waits_for == WaitsFor.NOBODY else str(row.waits_for.label),
            client_data="да" if row.client_data_editable else "нет",
            document="да" if row.document_replaceable else "нет",
            advice=NEXT[status],
        )
        for status, row in status_rows().items()
    ]


def build_resolutions_table() -> list[ResolutionHelp]:
    """All resolutions in the order of `Resolution`."""
    return [
        ResolutionHelp(
            resolution=str(resolution.label),
            statuses=", ".join(
                f"«{status.label}»" for status in Status if resolution in resolutions_of(status)
            ),
            advice=NEXT_BY_RESOLUTION[resolution],
        )
        for resolution in Resolution
    ]

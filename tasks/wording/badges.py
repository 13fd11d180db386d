"""The badge of a status: its colour and icon (docs/ui.md)."""

from tasks.statuses import FAILURES, Status, WaitsFor, status_rows

KIND_BY_TURN = {
    WaitsFor.MANAGER: "action",
    WaitsFor.APPROVER: "action",
    WaitsFor.SUPPORT: "action",
    WaitsFor.CLIENT: "waiting",
    WaitsFor.SIGNATORY: "waiting",
    WaitsFor.SYSTEM: "system",
    WaitsFor.NOBODY: "closed",
}
ICONS = {
    "error": "x",
    "action": "alert-triangle",
    "waiting": "hourglass",
    "system": "settings",
    "done": "check",
    "closed": "ban",
}


def kind_of(status: Status) -> str:
    """The badge of a status: error, action, waiting, system, done or closed (docs/ui.md)."""
    if status in FAILURES:
        return "error"
    if status == Status.COMPLETED:
        return "done"
    return KIND_BY_TURN[status_rows()[status].waits_for]

"""«Скрипты звонков»: what to say to the client, status by status."""

from dataclasses import dataclass

from tasks.statuses import Status
from tasks.wording.call_scripts import list_scripts


@dataclass(frozen=True)
class ScriptView:
    """A script; ``detail`` names the resolution or the channel, "" for the whole status."""

    detail: str
    text: str


@dataclass(frozen=True)
class StatusScripts:
    """All scripts of one status."""

    status: Status
    scripts: tuple[ScriptView, ...]

    @property
    def label(self) -> str:
        return str(self.status.label)


def build_status_scripts() -> list[StatusScripts]:
    """In the order of the process; the names that the card fills in are still placeholders."""
    by_status: dict[Status, list[ScriptView]] = {}
    for status, detail, text in list_scripts():
        by_status.setdefault(status, []).append(ScriptView(detail, text))
    return [StatusScripts(status, tuple(scripts)) for status, scripts in by_status.items()]

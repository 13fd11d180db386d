"""A report in words and as charts: every chart has its numbers beside it as a table."""

from dataclasses import dataclass
from datetime import date
from math import ceil, log10

from econtract.platform.common.formatting import lasting, thousands
from tasks.reports.figures import Figures
from tasks.reports.period import Wanted
from tasks.statuses import Stage

GOAL = "цель 10 мин"
TOP = 8
PRESETS = {"7 дней": 7, "30 дней": 30, "92 дня": 92}
# The drawing of «Задания по дням», in units of its view box.
WIDTH, HEIGHT, LEFT, BOTTOM, TOP_EDGE = 948, 260, 52, 28, 12
MOST_LABELS = 10


@dataclass(frozen=True)
class Tile:
    value: str
    label: str


@dataclass(frozen=True)
class Bar:
    """A line of a horizontal chart; ``width`` in per cent of the longest."""

    label: str
    count: str
    share: str
    width: str


@dataclass(frozen=True)
class DayBar:
    """One day of the chart: where its two bars stand, and what the table says."""

    day: str
    label: str
    created: str
    signed: str
    x: float
    width: float
    top: float
    height: float
    signed_top: float
    signed_height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Grid:
    """A horizontal line of the chart and the number at its end."""

    y: float
    label: str


@dataclass(frozen=True)
class Report:
    """Everything that the page shows of the figures."""

    tiles: list[Tile]
    funnel: list[Bar]
    resolutions: list[Bar]
    days: list[DayBar]
    grid: list[Grid]
    days_words: str


def report_of(figures: Figures, wanted: Wanted) -> Report:
    """``figures`` as the page of the report shows them."""
    top = _round_up(max((created for created, _ in figures.by_day.values()), default=1))
    return Report(
        tiles=_tiles(figures),
        funnel=_funnel(figures),
        resolutions=_resolutions(figures),
        days=_days(figures, wanted.days, top),
        grid=[Grid(_y(value, top), thousands(value)) for value in sorted({0, top // 2, top})],
        days_words=_days_words(figures, wanted),
    )


def _tiles(figures: Figures) -> list[Tile]:
    return [
        Tile(thousands(figures.created), "Создано"),
        Tile(thousands(figures.signed), f"Подписано, {_share(figures.signed, figures.created)}"),
        Tile(
            lasting(figures.median) if figures.median is not None else "–",
            f"Медиана до подписания, {GOAL}",
        ),
        Tile(_share(figures.failed, figures.created), "Доля с ошибкой"),
    ]


def _funnel(figures: Figures) -> list[Bar]:
    steps = {"Создано": figures.created} | {
        str(stage.label if stage != Stage.DONE else "Выполнено"): count
        for stage, count in figures.reached.items()
    }
    return [_bar(label, count, figures.created, figures.created) for label, count in steps.items()]


def _resolutions(figures: Figures) -> list[Bar]:
    shown = figures.resolutions[:TOP]
    most = max((count for _, count in shown), default=0)
    return [_bar(str(code.label), count, figures.created, most) for code, count in shown]


def _bar(label: str, count: int, whole: int, longest: int) -> Bar:
    width = f"{100 * count / longest:.1f}%" if longest else "0%"
    return Bar(label, thousands(count), _share(count, whole), width)


def _share(part: int, whole: int) -> str:
    """«3,4 %»."""
    if not whole:
        return "–"
    share = f"{100 * part / whole:.1f}".removesuffix(".0").replace(".", ",")
    return f"{share}\N{NO-BREAK SPACE}%"


# --- By days --------------------------------------------------------------------------------


def _days(figures: Figures, days: list[date], top: int) -> list[DayBar]:
    step = (WIDTH - LEFT) / len(days)
    labelled = ceil(len(days) / MOST_LABELS)
    bars = []
    for place, day in enumerate(days):
        created, signed = figures.by_day.get(day, (0, 0))
        bars.append(
            DayBar(
                day=day.strftime("%d.%m.%Y"),
                label=day.strftime("%d.%m") if (len(days) - 1 - place) % labelled == 0 else "",
                created=thousands(created),
                signed=thousands(signed),
                x=round(LEFT + step * (place + 0.15), 1),
                width=round(step * 0.7, 1),
                top=_y(created, top),
                height=round(_y(0, top) - _y(created, top), 1),
                signed_top=_y(signed, top),
                signed_height=round(_y(0, top) - _y(signed, top), 1),
            )
        )
    return bars


def _y(value: int, top: int) -> float:
    room = HEIGHT - BOTTOM - TOP_EDGE
    return round(TOP_EDGE + room * (1 - value / top), 1)


def _round_up(value: int) -> int:
    """The round number at the top of the axis: 2, 4, 10, 30, 80, 100…"""
    ten: int = 10 ** int(log10(max(value, 1)))
    return next(step * ten for step in (2, 3, 4, 6, 8, 10) if step * ten >= value)


def _days_words(figures: Figures, wanted: Wanted) -> str:
    """The chart for those who hear it."""
    period = f"с {wanted.since:%d.%m.%Y} по {wanted.until:%d.%m.%Y}"
    created, signed = thousands(figures.created), thousands(figures.signed)
    return f"Задания по дням {period}: создано {created}, из них подписано {signed}"

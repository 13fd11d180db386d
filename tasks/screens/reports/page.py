"""The texts and charts of a report; a table repeats the numbers of every chart."""

from dataclasses import dataclass
from datetime import date
from math import ceil, log10

from econtract.platform.common.formatting import format_number, format_share
from tasks.reports.figures import ReportFigures
from tasks.reports.period import ReportQuery
from tasks.screens.reports.tiles import Tile, build_tiles
from tasks.statuses import Stage

MAX_RESOLUTIONS = 8
# Label and length in days.
PRESETS = {"7 дней": 7, "30 дней": 30, "92 дня": 92}
# The chart «Задания по дням», in units of its view box.
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 948, 260, 52, 28, 12
MAX_DAY_LABELS = 10


@dataclass(frozen=True)
class Bar:
    """A bar of a horizontal chart; ``width`` is a percentage of the longest bar."""

    label: str
    count: str
    share: str
    width: str


@dataclass(frozen=True)
class DayBar:
    """One day of the chart: the positions of its two bars, and the texts of the table."""

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
class GridLine:
    """A horizontal line of the chart and its number."""

    y: float
    label: str


@dataclass(frozen=True)
class Report:
    """Everything that the page of a report shows. ``days_text`` is for screen readers."""

    tiles: list[Tile]
    funnel: list[Bar]
    resolutions: list[Bar]
    days: list[DayBar]
    grid: list[GridLine]
    days_text: str


def build_report(figures: ReportFigures, query: ReportQuery, *, covers_company: bool) -> Report:
    """The report of ``figures``; ``covers_company`` as in `build_tiles`."""
    axis = _round_up(max((created for created, _ in figures.day_counts.values()), default=1))
    return Report(
        tiles=build_tiles(figures, query, covers_company=covers_company),
        funnel=_build_funnel(figures),
        resolutions=_build_resolutions(figures),
        days=_build_day_bars(figures, query.days, axis),
        grid=[
            GridLine(_y(value, axis), format_number(value))
            for value in sorted({0, axis // 2, axis})
        ],
        days_text=_describe_days(figures, query),
    )


def _build_funnel(figures: ReportFigures) -> list[Bar]:
    steps = {"Создано": figures.created_count} | {
        str(stage.label if stage != Stage.DONE else "Выполнено"): count
        for stage, count in figures.stage_counts.items()
    }
    return [
        _build_bar(label, count, figures.created_count, figures.created_count)
        for label, count in steps.items()
    ]


def _build_resolutions(figures: ReportFigures) -> list[Bar]:
    counts = figures.resolution_counts[:MAX_RESOLUTIONS]
    longest = max((count for _, count in counts), default=0)
    return [
        _build_bar(str(code.label), count, figures.created_count, longest) for code, count in counts
    ]


def _build_bar(label: str, count: int, total: int, longest: int) -> Bar:
    width = f"{100 * count / longest:.1f}%" if longest else "0%"
    return Bar(label, format_number(count), format_share(count, total), width)


# --- By days --------------------------------------------------------------------------------


def _build_day_bars(figures: ReportFigures, days: list[date], axis: int) -> list[DayBar]:
    step = (WIDTH - LEFT) / len(days)
    days_per_label = ceil(len(days) / MAX_DAY_LABELS)
    bars = []
    for position, day in enumerate(days):
        created, signed = figures.day_counts.get(day, (0, 0))
        has_label = (len(days) - 1 - position) % days_per_label == 0
        bars.append(
            DayBar(
                day=day.strftime("%d.%m.%Y"),
                label=day.strftime("%d.%m") if has_label else "",
                created=format_number(created),
                signed=format_number(signed),
                x=round(LEFT + step * (position + 0.15), 1),
                width=round(step * 0.7, 1),
                top=_y(created, axis),
                height=round(_y(0, axis) - _y(created, axis), 1),
                signed_top=_y(signed, axis),
                signed_height=round(_y(0, axis) - _y(signed, axis), 1),
            )
        )
    return bars


def _y(value: int, axis: int) -> float:
    """The y of ``value``, where ``axis`` is the value at the top of the chart."""
    return round(TOP + (HEIGHT - BOTTOM - TOP) * (1 - value / axis), 1)


def _round_up(value: int) -> int:
    """The round number at the top of the axis: 2, 4, 10, 30, 80, 100…"""
    power_of_ten: int = 10 ** int(log10(max(value, 1)))
    steps = (step * power_of_ten for step in (2, 3, 4, 6, 8, 10))
    return next(step for step in steps if step >= value)


def _describe_days(figures: ReportFigures, query: ReportQuery) -> str:
    period = f"с {query.since:%d.%m.%Y} по {query.until:%d.%m.%Y}"
    created, signed = format_number(figures.created_count), format_number(figures.signed_count)
    return f"Задания по дням {period}: создано {created}, из них подписано {signed}"

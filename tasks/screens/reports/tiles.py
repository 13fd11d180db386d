"""The tiles above the charts of a report."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from econtract.platform.common.formatting import format_duration, format_number, format_share
from tasks.reports.figures import FAST, ReportFigures
from tasks.reports.period import ReportQuery
from tasks.reports.savings import compute_savings, expected_contract_count

GOAL = f"цель {format_duration(FAST)}"


@dataclass(frozen=True)
class Tile:
    value: str
    label: str


def build_tiles(figures: ReportFigures, query: ReportQuery, *, covers_company: bool) -> list[Tile]:
    """The tiles. ``covers_company``: it counts all tasks of the period."""
    tiles = [
        Tile(format_number(figures.created_count), "Создано"),
        Tile(
            format_number(figures.signed_count),
            f"Подписано, {format_share(figures.signed_count, figures.created_count)}",
        ),
        Tile(
            format_duration(figures.median_duration)
            if figures.median_duration is not None
            else "–",
            f"Медиана до подписания, {GOAL}",
        ),
        Tile(
            format_share(figures.fast_count, figures.completed_count),
            f"Доля выполненных быстрее {format_duration(FAST)}",
        ),
        Tile(format_share(figures.failed_count, figures.created_count), "Доля с ошибкой"),
        *_build_savings_tiles(figures),
    ]
    contract_count = expected_contract_count(query.since, query.until) if covers_company else 0
    if contract_count:
        share = format_share(figures.contract_count, contract_count)
        label = f"Доля удаленных договоров, из {format_number(contract_count)} за период"
        tiles.append(Tile(share, label))
    return tiles


def _build_savings_tiles(figures: ReportFigures) -> list[Tile]:
    savings = compute_savings(figures.signed_count)
    roubles = _format_unit(settings.PAPER_DOCUMENT_ROUBLES, "₽")
    manager = _format_unit(settings.PAPER_MANAGER_MINUTES, "мин")
    back_office = _format_unit(settings.PAPER_BACK_OFFICE_MINUTES, "мин")
    return [
        Tile(
            _format_unit(savings.roubles, "₽"),
            f"Экономия на печати и доставке, по {roubles} за документ",
        ),
        Tile(
            _format_unit(round(savings.working_time / timedelta(hours=1)), "ч"),
            f"Экономия времени: {manager} менеджера и {back_office} бэк-офиса за документ",
        ),
    ]


def _format_unit(number: int, unit: str) -> str:
    return f"{format_number(number)}\N{NO-BREAK SPACE}{unit}"

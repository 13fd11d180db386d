"""What a list of accredited authorities said, in short, and how two lists differ. No database."""

from collections.abc import Mapping, Sequence
from typing import Any

from edo.trust.trust_list import ACTIVE, ParsedTrustList

# As JSON: {"name", "ogrn", "statuses": [[status, ISO day or None], …], "certificates": [sha256, …]}
AuthoritySnapshot = Mapping[str, Any]
MAX_NAMED = 200


def build_snapshot(parsed: ParsedTrustList) -> list[dict[str, Any]]:
    """The authorities of a list without the contents of their certificates."""
    return [
        {
            "name": authority.name,
            "ogrn": authority.ogrn,
            "statuses": [
                [period.status, period.since.isoformat() if period.since else None]
                for period in authority.statuses
            ],
            "certificates": [certificate.sha256 for certificate in authority.certificates],
        }
        for authority in parsed.authorities
    ]


def get_status(authority: AuthoritySnapshot) -> str:
    """The status that holds; "" when the list has none."""
    statuses = authority["statuses"]
    return str(statuses[-1][0]) if statuses else ""


def is_active(authority: AuthoritySnapshot) -> bool:
    return get_status(authority) == ACTIVE


def compare_snapshots(
    old: Sequence[AuthoritySnapshot], new: Sequence[AuthoritySnapshot]
) -> dict[str, list[str]]:
    """The differences as lines for people, by kind: the keys of `CHANGE_LABELS`."""
    before, after = _by_key(old), _by_key(new)
    both = [(before[key], after[key]) for key in after if key in before]
    changes = {
        "added": [_describe(after[key]) for key in after if key not in before],
        "removed": [before[key]["name"] for key in before if key not in after],
        "ended": [
            f"{now['name']}: {get_status(now) or 'статуса нет'}"
            for was, now in both
            if is_active(was) and not is_active(now)
        ],
        "resumed": [now["name"] for was, now in both if is_active(now) and not is_active(was)],
        "certificates": [line for was, now in both if (line := _compare_certificates(was, now))],
    }
    return {kind: _shorten(lines) for kind, lines in changes.items() if lines}


CHANGE_LABELS = {
    "added": "Добавлены",
    "removed": "Исключены из списка",
    "ended": "Аккредитация не действует",
    "resumed": "Аккредитация возобновлена",
    "certificates": "Изменились сертификаты",
}


def count_lost(old: Sequence[AuthoritySnapshot], new: Sequence[AuthoritySnapshot]) -> int:
    """How many authorities that were active in ``old`` are not in ``new``."""
    after = _by_key(new)
    return sum(
        is_active(authority) and not (key in after and is_active(after[key]))
        for key, authority in _by_key(old).items()
    )


def _by_key(authorities: Sequence[AuthoritySnapshot]) -> dict[str, AuthoritySnapshot]:
    """By ОГРН: authorities change their names."""
    return {authority["ogrn"] or authority["name"]: authority for authority in authorities}


def _describe(authority: AuthoritySnapshot) -> str:
    status = get_status(authority)
    return str(authority["name"]) if status == ACTIVE else f"{authority['name']}: {status}"


def _compare_certificates(was: AuthoritySnapshot, now: AuthoritySnapshot) -> str:
    old, new = set(was["certificates"]), set(now["certificates"])
    if old == new:
        return ""
    return f"{now['name']}: добавлено {len(new - old)}, исключено {len(old - new)}"


def _shorten(lines: list[str]) -> list[str]:
    rest = len(lines) - MAX_NAMED
    return lines if rest <= 0 else [*lines[:MAX_NAMED], f"и еще {rest}"]

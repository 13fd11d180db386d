"""Verifying the time-stamps over a package: the folder evidence/stamps/. No database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import zip_longest

from archive.package import timestamps
from archive.package.manifest import NAME, SEAL_NAME
from econtract.platform.common.moscow_time import format_date
from econtract.verification.package_files import FileDigests, PackageFiles, UnreadablePackage
from econtract.verification.results import TimestampResult
from edo.crypto import digests
from edo.signing.timestamps import verify_stamp
from edo.signing.trust import TrustStore

# The stamp cannot cover itself, and certificates need no protection: a root vouches for them.
UNCOVERED = {timestamps.LIST_NAME, timestamps.TOKEN_NAME, timestamps.CERTIFICATES_NAME}
MAX_LIST_SIZE, MAX_TOKEN_SIZE = 512 * 1024, 128 * 1024
MALFORMED = "Список того, что покрывает штамп, не читается."


@dataclass(frozen=True)
class TimestampChain:
    """The stamps in their order. `covered` are all files that belong to them."""

    results: tuple[TimestampResult, ...] = ()
    covered: frozenset[str] = frozenset()

    @property
    def proven_at(self) -> datetime | None:
        """When the manifest existed for certain: the time of the first of the stamps that hold.

        A stamp holds only while all later ones do.
        """
        time = None
        for result in reversed(self.results):
            if result.problems or result.doubts or result.report is None:
                break
            time = result.report.stamped_at
        return time


def verify_timestamps(
    files: PackageFiles, readable: Mapping[str, FileDigests], trust: TrustStore
) -> TimestampChain:
    """Verify every stamp, that it covers what it must, and that it was renewed in time."""
    paths = {path: parsed for path in files.names if (parsed := timestamps.parse_path(path))}
    numbers = sorted({number for number, _ in paths.values()})[: timestamps.MAX_STAMPS]
    results = [
        _verify_one(number, files, readable, _list_covered(number, paths, files), trust)
        for number in numbers
    ]
    renewed = [
        _check_renewal(result, following) for result, following in zip_longest(results, results[1:])
    ]
    verified = (path for path, (number, _) in paths.items() if number in numbers)
    return TimestampChain(tuple(renewed), frozenset(verified))


def _list_covered(
    number: int, paths: Mapping[str, tuple[int, str]], files: PackageFiles
) -> set[str]:
    """The names that the list of the stamp ``number`` must have."""
    sealed = {name for name in (NAME, SEAL_NAME) if name in files.names}
    return sealed | {
        path
        for path, (other, name) in paths.items()
        if other < number or (other == number and name not in UNCOVERED)
    }


def _verify_one(
    number: int,
    files: PackageFiles,
    readable: Mapping[str, FileDigests],
    covered: set[str],
    trust: TrustStore,
) -> TimestampResult:
    list_path = timestamps.build_path(number, timestamps.LIST_NAME)
    token_path = timestamps.build_path(number, timestamps.TOKEN_NAME)
    if not {list_path, token_path} <= readable.keys():
        return TimestampResult(number, None, ("Штампа или его списка нет в архиве.",))
    try:
        listing = files.read(list_path, limit=MAX_LIST_SIZE)
        token = files.read(token_path, limit=MAX_TOKEN_SIZE)
        hashes = timestamps.parse_listing(listing)
    except (UnreadablePackage, ValueError):
        return TimestampResult(number, None, (MALFORMED,))
    actual = {name: readable[name].sha256 for name in covered if name in readable}
    different = sorted(
        name for name in hashes.keys() | covered if hashes.get(name) != actual.get(name)
    )
    problems = [f"Штамп покрывает другой файл «{name}»." for name in different]
    report = verify_stamp(token, lambda name: digests.digest(name, listing), trust=trust)
    problems += [reason.text for reason in report.problems]
    return TimestampResult(
        number, report, tuple(problems), tuple(reason.text for reason in report.doubts)
    )


def _check_renewal(result: TimestampResult, following: TimestampResult | None) -> TimestampResult:
    """A stamp must be followed by the next one before its certificate ends."""
    report = result.report
    if report is None or report.certificate is None or report.stamped_at is None:
        return result
    ends_at = report.certificate.valid_until
    if following is None:
        return replace(result, is_expired=ends_at < datetime.now(UTC))
    next_time = following.report.stamped_at if following.report else None
    if next_time is None or report.stamped_at <= next_time <= ends_at:
        return result
    text = f"Штамп обновлен позже, чем истек сертификат службы времени: {format_date(ends_at)}."
    return replace(result, doubts=(*result.doubts, text))

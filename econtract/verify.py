"""`python -m econtract.verify package.zip`: verifies a package without settings and database.

Exit code 0 when everything is valid, 1 when it is not or the check cannot start, 2 for wrong
arguments, 3 when the signatures are valid and the package has no seal, 4 when nothing is wrong and
something could not be checked: an unknown algorithm, a format that we do not read. 141, as other
programs have it, when nobody reads the output any more.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from econtract.platform.common import env, paths
from econtract.verification.detached import NamedFile, verify_detached
from econtract.verification.package_files import MAX_SMALL_FILE_SIZE
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.report import (
    ReportBlock,
    conclusion,
    find_unknowns,
    power_block,
    seal_block,
    signature_block,
    simple_block,
    timestamp_block,
)
from econtract.verification.results import FileResult, VerificationResult
from edo.signing.trust import TrustStore

VALID, INVALID, UNSEALED, UNDETERMINED = 0, 1, 3, 4
PIPE_CLOSED = 141


class CannotCheck(Exception):
    """The verification cannot start; the text says why, in Russian."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    options = _build_parser().parse_args(arguments)
    try:
        policy = _build_policy(options)
        result = _verify(options.files, policy)
    except CannotCheck as error:
        sys.stderr.write(f"{error}\n")
        return INVALID
    sys.stdout.writelines(f"{line}\n" for line in _report_lines(result))
    if result.is_undetermined:
        return UNDETERMINED
    if not result.ok:
        return INVALID
    return UNSEALED if result.is_unsealed else VALID


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m econtract.verify",
        description="Проверка подписанного пакета E-Contract (ZIP) или документа с подписями.",
    )
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="ФАЙЛ",
        help="пакет ZIP; либо документ, за ним его подписи, а с ними и МЧД (XML) с ее подписью",
    )
    parser.add_argument(
        "--roots",
        type=Path,
        default=paths.trust_roots(),
        help="доверенные корневые сертификаты, PEM (по умолчанию EDO_TRUST_ROOTS)",
    )
    parser.add_argument(
        "--seal-roots",
        type=Path,
        default=paths.seal_trust_roots(),
        help="корневые сертификаты печати, PEM (по умолчанию SEAL_TRUST_ROOTS или --roots)",
    )
    parser.add_argument(
        "--crl",
        type=Path,
        action="append",
        help="список отозванных сертификатов, можно несколько (по умолчанию EDO_CRLS)",
    )
    parser.add_argument(
        "--mchd-xsd",
        default=env.text("MCHD_XSD", ""),
        help="схема МЧД (по умолчанию MCHD_XSD)",
    )
    return parser


def _build_policy(options: argparse.Namespace) -> VerificationPolicy:
    crls = paths.revocation_lists() if options.crl is None else options.crl
    return VerificationPolicy(
        trust=_load_trust(options.roots, crls, "--roots"),
        seal_trust=_load_trust(options.seal_roots or options.roots, crls, "--seal-roots"),
        mchd_schema=Path(options.mchd_xsd) if options.mchd_xsd else None,
    )


def _load_trust(roots: Path, crls: list[Path], option: str) -> TrustStore:
    try:
        return TrustStore.load(roots, crls)
    except (OSError, ValueError) as error:
        raise CannotCheck(
            f"Доверенные корневые сертификаты не читаются: {roots}. "
            f"Укажите файл PEM: {option} ФАЙЛ."
        ) from error


def _verify(files: list[Path], policy: VerificationPolicy) -> VerificationResult:
    first, *others = files
    try:
        with first.open("rb") as file:
            if not others:
                return verify_package(file, policy=policy)
            signatures, powers = _read_signatures(others)
            return verify_detached(
                document=file,
                document_name=first.name,
                signatures=signatures,
                power=powers[0] if powers else None,
                policy=policy,
            )
    except OSError as error:
        raise CannotCheck(f"Файл не читается: {error.filename}.") from error


def _read_signatures(paths: list[Path]) -> tuple[list[NamedFile], list[NamedFile]]:
    """The (signatures, powers of attorney) among the files; the latter are XML."""
    files = []
    for path in paths:
        if path.stat().st_size > MAX_SMALL_FILE_SIZE:
            raise CannotCheck(f"Файл {path} слишком велик для подписи или доверенности.")
        files.append(NamedFile(path.name, path.read_bytes()))
    powers = [file for file in files if file.name.lower().endswith(".xml")]
    if len(powers) > 1:
        raise CannotCheck("Доверенность должна быть одна.")
    return [file for file in files if file not in powers], powers


def _report_lines(result: VerificationResult) -> Iterator[str]:
    for signature in result.signatures:
        yield from _block_lines(signature_block(signature))
    for simple in result.simple_signatures:
        yield from _block_lines(simple_block(simple))
    for power in result.powers:
        yield from _block_lines(power_block(power))
    if result.seal:
        yield from _block_lines(seal_block(result.seal))
    for stamp in result.timestamps:
        yield from _block_lines(timestamp_block(stamp))
    if result.files:
        yield "Файлы"
    for file in result.files:
        yield from _file_lines(file)
    for problem in result.problems:
        yield f"[НЕТ] {problem}"
    if unknowns := find_unknowns(result):
        yield ""
        yield "Чего эта проверка не знает"
        yield from (f"  – {sentence}" for sentence in unknowns)
    yield ""
    yield f"Итог: {conclusion(result)}"


def _block_lines(block: ReportBlock) -> Iterator[str]:
    yield block.title
    for label, value in block.rows:
        yield f"  {label}: {value}"
    if not block.problems and not block.doubts:
        yield "  [да] Действительна"
    for problem in block.problems:
        yield f"  [НЕТ] {problem}"
    for doubt in block.doubts:
        yield f"  [ ? ] Не удалось проверить. {doubt}"
    yield ""


def _file_lines(file: FileResult) -> Iterator[str]:
    mark = "[НЕТ]" if file.problem else "[да]"
    role = f" – {file.role}" if file.role else ""
    yield f"  {mark} {file.name}{role}"
    if file.problem:
        yield f"        {file.problem}"
        yield f"        ожидалось SHA-256 {file.expected_sha256 or '–'}"
        yield f"        найдено   SHA-256 {file.sha256 or '–'}"


def run() -> int:
    """`main`, ended quietly when nobody reads its output any more (``| head``)."""
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes again at the end, which must not fail a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return code


if __name__ == "__main__":
    sys.exit(run())

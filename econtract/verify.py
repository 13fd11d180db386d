"""`python -m econtract.verify package.zip`: the check of a package, with no site and no database.

Exit code 0 when everything holds, 1 when anything does not, 2 for a wrong command line.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from econtract.platform.common import env, paths
from econtract.verification.detached import NamedFile, verify_detached
from econtract.verification.package_files import LARGEST_KEPT
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.report import Block, conclusion, power_block, signature_block
from econtract.verification.results import FileResult, VerificationResult
from edo.signing.trust import TrustStore


class CannotCheck(Exception):
    """The check cannot begin; the text says why, in Russian."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        rules = _rules(options)
        verdict = _check(options.files, rules)
    except CannotCheck as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for line in _lines(verdict))
    return 0 if verdict.ok else 1


def _parser() -> argparse.ArgumentParser:
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


def _rules(options: argparse.Namespace) -> VerificationPolicy:
    lists = paths.revocation_lists() if options.crl is None else options.crl
    try:
        trust = TrustStore.load(options.roots, lists)
    except (OSError, ValueError) as error:
        raise CannotCheck(
            f"Доверенные корневые сертификаты не читаются: {options.roots}. "
            "Укажите файл PEM: --roots ФАЙЛ."
        ) from error
    return VerificationPolicy(
        trust=trust, mchd_schema=Path(options.mchd_xsd) if options.mchd_xsd else None
    )


def _check(files: list[Path], rules: VerificationPolicy) -> VerificationResult:
    first, *others = files
    try:
        with first.open("rb") as file:
            if not others:
                return verify_package(file, rules=rules)
            signatures, powers = _sorted(others)
            return verify_detached(
                document=file,
                document_name=first.name,
                signatures=signatures,
                power=powers[0] if powers else None,
                rules=rules,
            )
    except OSError as error:
        raise CannotCheck(f"Файл не читается: {error.filename}.") from error


def _sorted(paths: list[Path]) -> tuple[list[NamedFile], list[NamedFile]]:
    """(signatures, powers of attorney): the latter are XML."""
    small = []
    for path in paths:
        if path.stat().st_size > LARGEST_KEPT:
            raise CannotCheck(f"Файл {path} слишком велик для подписи или доверенности.")
        small.append(NamedFile(path.name, path.read_bytes()))
    powers = [item for item in small if item.name.lower().endswith(".xml")]
    if len(powers) > 1:
        raise CannotCheck("Доверенность должна быть одна.")
    return [item for item in small if item not in powers], powers


def _lines(verdict: VerificationResult) -> Iterator[str]:
    for finding in verdict.signatures:
        yield from _block(signature_block(finding))
    for power in verdict.powers:
        yield from _block(power_block(power))
    if verdict.files:
        yield "Файлы"
    for file in verdict.files:
        yield from _file(file)
    for problem in verdict.problems:
        yield f"[НЕТ] {problem}"
    yield ""
    yield f"Итог: {conclusion(verdict)}"


def _block(block: Block) -> Iterator[str]:
    yield block.title
    for label, value in block.rows:
        yield f"  {label}: {value}"
    if not block.problems:
        yield "  [да] Действительна"
    for problem in block.problems:
        yield f"  [НЕТ] {problem}"
    yield ""


def _file(file: FileResult) -> Iterator[str]:
    mark = "[НЕТ]" if file.problem else "[да]"
    role = f" – {file.role}" if file.role else ""
    yield f"  {mark} {file.name}{role}"
    if file.problem:
        yield f"        {file.problem}"
        yield f"        ожидалось SHA-256 {file.expected_sha256 or '–'}"
        yield f"        найдено   SHA-256 {file.sha256 or '–'}"


if __name__ == "__main__":
    sys.exit(main())

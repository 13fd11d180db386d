"""`python -m bench [NAME] [--json FILE]`: run benchmarks and check their figures against the bars.

Each benchmark is a module `bench.NAME` with a function `run()` that returns gates (`bench.gates`);
its docstring says what it measures.
"""

import argparse
import importlib
import json
import os
import sys
from pathlib import Path

from bench.gates import Gate

BENCHMARKS = (
    *("list", "create", "pipeline", "queue", "conversion", "package", "compiled", "crypto"),
    *("signing", "run"),
)


def main(arguments: list[str]) -> int:
    """Run the benchmarks; the exit code is 0 when every bar held."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=BENCHMARKS)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument(
        "--tasks", type=int, metavar="N", help="list: with N tasks only, a quick run"
    )
    parser.add_argument("--rows", type=int, metavar="N", help="run: a batch of N rows, not 10,000")
    parsed = parser.parse_args(arguments)
    set_up()
    results: list[Gate] = []
    for name in [parsed.name] if parsed.name else BENCHMARKS:
        options = {"list": {"tasks": parsed.tasks}, "run": {"rows": parsed.rows}}.get(name, {})
        results += importlib.import_module(f"bench.{name}").run(**options)
    _print(results)
    if parsed.json:
        parsed.json.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
    return 0 if all(result["ok"] for result in results) else 1


def set_up() -> None:
    """Load the product's settings with DEBUG off and a SECRET_KEY for measuring only."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "econtract.settings")
    os.environ.setdefault("STATIC_FROM_SOURCES", "yes")
    # Messages leave at any hour, and to the same client as often as a measurement needs.
    for name, value in {
        "MESSAGES_FROM_HOUR": "0",
        "MESSAGES_TO_HOUR": "24",
        "MESSAGES_PER_CLIENT": "0",
    }.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("SECRET_KEY", "only-for-measuring-" + "x" * 40)
    import django

    django.setup()


def _print(results: list[Gate]) -> None:
    width = max((len(result["gate"]) for result in results), default=0)
    for result in results:
        verdict = "ok" if result["ok"] else "BAR NOT HELD"
        bar = "-" if result["bar"] is None else result["bar"]
        sys.stdout.write(f"{result['gate']:<{width}}  {result['value']:>10}  {bar:>8}  {verdict}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

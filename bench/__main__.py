"""`python -m bench [NAME] [--json FILE]`: runs the gates and says whether every bar held.

A gate module is `bench.NAME` with `run() -> list of {gate, value, bar, ok}` and with a docstring
that says what is measured.
"""

import argparse
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

GATES = ("list", "create", "pipeline", "conversion", "package", "compiled")


def main(arguments: list[str]) -> int:
    """The exit code: 0 when every bar held."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=GATES)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--tasks", type=int, metavar="N", help="list: at N tasks alone, quickly")
    chosen = parser.parse_args(arguments)
    set_up()
    results: list[dict[str, Any]] = []
    for name in [chosen.name] if chosen.name else GATES:
        options = {"tasks": chosen.tasks} if name == "list" else {}
        results += importlib.import_module(f"bench.{name}").run(**options)
    _print(results)
    if chosen.json:
        chosen.json.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
    return 0 if all(result["ok"] for result in results) else 1


def set_up() -> None:
    """The product's settings, with DEBUG off and a key that guards nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "econtract.settings")
    os.environ.setdefault("STATIC_FROM_SOURCES", "yes")
    os.environ.setdefault("SECRET_KEY", "only-for-measuring-" + "x" * 40)
    import django

    django.setup()


def _print(results: list[dict[str, Any]]) -> None:
    width = max((len(result["gate"]) for result in results), default=0)
    for result in results:
        held = "ok" if result["ok"] else "BAR NOT HELD"
        bar = "-" if result["bar"] is None else result["bar"]
        sys.stdout.write(f"{result['gate']:<{width}}  {result['value']:>10}  {bar:>8}  {held}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

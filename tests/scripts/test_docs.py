"""The documentation names what exists."""

import re
import subprocess
import sys

import pytest

from tests.support.paths import ROOT

LINK = re.compile(r"\]\(([^)#\s]+)?(?:#([\w-]+))?\)")
CITATION = re.compile(r"docs/rules\.md#([\w-]+)")


SUFFIXES = {".py", ".html", ".md", ".css", ".js", ".csv", ".toml", ".txt"}


def sources(*suffixes: str) -> list[str]:
    """The project's own files with these suffixes, relative to its root."""
    return sorted(
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*")
        if path.suffix in suffixes and not _is_foreign(path.relative_to(ROOT).parts)
    )


def _is_foreign(parts: tuple[str, ...]) -> bool:
    return any(part.startswith(".") for part in parts) or parts[0] in {"var", "node_modules"}


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as hosts of Markdown make them."""
    headings = re.findall(r"(?m)^#+ (.+)$", text)
    words = [re.sub(r"[^\w\s-]", "", heading).strip().lower() for heading in headings]
    return {re.sub(r"\s", "-", heading) for heading in words}


def test_every_cited_rule_is_a_section_of_the_rules() -> None:
    sections = anchors((ROOT / "docs/rules.md").read_text())
    missing = {
        f"{name}: {anchor}"
        for name in sources(*SUFFIXES)
        for anchor in CITATION.findall((ROOT / name).read_text())
        if anchor not in sections and anchor != "anchor"
    }
    assert not missing


@pytest.mark.parametrize("name", sources(".md"))
def test_links_of_a_page_lead_somewhere(name: str) -> None:
    folder, text = (ROOT / name).parent, (ROOT / name).read_text()
    broken = []
    for target, anchor in LINK.findall(text):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        file = folder / target if target else ROOT / name
        if not file.exists() or (
            anchor and file.suffix == ".md" and anchor not in anchors(file.read_text())
        ):
            broken.append(f"{target}#{anchor}" if anchor else target)
    assert not broken


def test_the_data_model_is_drawn_as_it_is() -> None:
    script = [sys.executable, ROOT / "scripts/data-model", "--check"]
    result = subprocess.run(script, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr

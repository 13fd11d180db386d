"""Vendored files, budgets and colours: what can be told from the files alone."""

import gzip
import hashlib
import re

import pytest

from tests.support.paths import ROOT

STATIC = ROOT / "static"
CSS = ["core.css", "forms.css", "app.css"]
SCRIPTS = ["vendor/htmx.min.js", "vendor/idiomorph-ext.min.js", "js/ui.js", "js/forms.js"]
RECORD = re.findall(
    r"^\| `([^`]+)` .* `([0-9a-f]{64})` \|$", (STATIC / "vendor/VENDORED.md").read_text(), re.M
)


def gzipped(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_styles_keep_their_budget() -> None:
    assert gzipped(*(f"css/{name}" for name in CSS)) <= 18_000


def test_styles_of_a_client_page_keep_their_budget() -> None:
    assert gzipped("css/core.css", "css/forms.css") <= 8_000


def test_scripts_keep_their_budget() -> None:
    assert gzipped(*SCRIPTS) <= 35_000


@pytest.mark.parametrize("name", SCRIPTS + [f"css/{name}" for name in CSS])
def test_no_file_names_a_source_map(name: str) -> None:
    assert "sourceMappingURL" not in (STATIC / name).read_text()


def test_the_record_names_every_vendored_file() -> None:
    assert {name for name, _ in RECORD} == {
        "vendor/htmx.min.js",
        "vendor/idiomorph-ext.min.js",
        "fonts/golos-text-cyrillic.woff2",
        "fonts/golos-text-latin.woff2",
        "icons.svg",
    }


@pytest.mark.parametrize(("name", "digest"), RECORD)
def test_vendored_files_are_as_recorded(name: str, digest: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest


# --- Colours -----------------------------------------------------------------------------------

TEXT = [
    *(("text", ground) for ground in ("bg", "surface", "raised", "accent-soft")),
    *(("muted", ground) for ground in ("bg", "surface")),
    ("accent", "bg"),
    ("accent", "surface"),
    ("accent", "accent-soft"),
    ("accent-hover", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("error", "bg"),
    ("error", "error-bg"),
    ("action", "action-bg"),
    ("waiting", "waiting-bg"),
    ("done", "bg"),
    ("done", "surface"),
    ("system", "system-bg"),
    *(("text", f"{kind}-bg") for kind in ("error", "action", "waiting", "system")),
]
SHAPES = [("control", "bg"), ("accent", "bg"), ("focus", "bg"), ("focus", "surface")]


def tokens(scheme: str) -> dict[str, str]:
    """The colours of one scheme; the dark one overrides the light one."""
    light, dark = (STATIC / "css/core.css").read_text().split("prefers-color-scheme: dark", 1)
    colours = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
    return dict(colours.findall(light if scheme == "light" else light + dark))


def luminance(colour: str) -> float:
    """WCAG's relative luminance of #rrggbb."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [(*pair, 4.5) for pair in TEXT] + [(*pair, 3.0) for pair in SHAPES],
)
def test_colours_can_be_told_apart(scheme: str, ink: str, ground: str, least: float) -> None:
    palette = tokens(scheme)
    assert contrast(palette[ink], palette[ground]) >= least


def test_the_schemes_differ_in_every_colour() -> None:
    light, dark = tokens("light"), tokens("dark")
    assert [name for name in light if light[name] == dark[name]] == []

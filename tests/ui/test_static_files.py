"""Bundles and their sizes, vendored files, contrast of colours: checks of the files alone."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from pytest_django.fixtures import Settings

from econtract.bundles import BUNDLES, BundleFinder, content_of
from tests.support.paths import ROOT

STATIC = ROOT / "static"
SOURCES = sorted(
    str(path.relative_to(STATIC))
    for kind in ("css", "js")
    for path in (STATIC / kind).rglob(f"*.{kind}")
)
# Loaded without a bundle: by <noscript>, the Django admin and pages without htmx.
STANDALONE = {
    "css/noscript.css",
    "css/admin.css",
    "js/admin.js",
    "js/components/file_drop.js",
    "js/components/password.js",
}
VENDORED_SCRIPTS = ["vendor/htmx.min.js", "vendor/idiomorph-ext.min.js"]
RECORD = re.findall(
    r"^\| `([^`]+)` .* `([0-9a-f]{64})` \|$", (STATIC / "vendor/VENDORED.md").read_text(), re.M
)


def measure_gzipped(*names: str) -> int:
    """The bytes that a browser receives for these static files."""
    texts = [
        content_of(name).encode() if name in BUNDLES else (STATIC / name).read_bytes()
        for name in names
    ]
    return sum(len(gzip.compress(text, 9)) for text in texts)


# --- Bundles -----------------------------------------------------------------------------------


def test_styles_of_a_staff_page_keep_their_budget() -> None:
    assert measure_gzipped("css/bundles/base.css", "css/bundles/staff.css") <= 10_000


def test_styles_of_a_client_page_keep_their_budget() -> None:
    assert measure_gzipped("css/bundles/base.css") <= 5_000


def test_scripts_keep_their_budget() -> None:
    assert measure_gzipped(*VENDORED_SCRIPTS, "js/bundles/staff.js") <= 33_000


def test_every_source_is_delivered() -> None:
    def is_delivered(name: str) -> bool:
        bundles = [bundle for bundle, names in BUNDLES.items() if name in names]
        return len(bundles) == 1 or (name in STANDALONE and len(bundles) <= 1)

    assert [name for name in SOURCES if not is_delivered(name)] == []


def test_a_bundle_names_existing_sources_only() -> None:
    assert {name for names in BUNDLES.values() for name in names} <= set(SOURCES)


def test_no_source_has_more_than_300_lines() -> None:
    sizes = {name: len((STATIC / name).read_text().splitlines()) for name in SOURCES}
    assert [name for name, lines in sizes.items() if lines > 300] == []


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_bundle_is_served_without_its_comments(bundle: str) -> None:
    path = finders.find(bundle)
    assert path is not None
    text = Path(path).read_text()
    assert "/*" not in text
    assert not re.search(r"^\s*//", text, re.M)


def test_a_changed_source_is_served_at_once(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR, settings.DATA_DIR = tmp_path, tmp_path / "data"
    for name in BUNDLES["js/bundles/staff.js"]:
        source = tmp_path / "static" / name
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(f"// About {name}\n'{name}';\n")
    finder = BundleFinder()
    first = Path(finder.find("js/bundles/staff.js")).read_text()
    assert first.splitlines() == [f"'{name}';" for name in BUNDLES["js/bundles/staff.js"]]
    source.write_text("'new';\n")
    assert Path(finder.find("js/bundles/staff.js")).read_text().endswith("'new';\n")


def test_the_collected_bundles_are_hashed_and_name_hashed_files(
    settings: Settings, tmp_path: Path
) -> None:
    """As in production: collectstatic with the manifest storage."""
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    paths = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    base = tmp_path / paths["css/bundles/base.css"]
    assert paths["fonts/golos-text-latin.woff2"] in base.read_text()
    for bundle in BUNDLES:
        assert re.search(r"\.[0-9a-f]{12}\.(css|js)$", paths[bundle])
        assert (tmp_path / f"{paths[bundle]}.gz").exists()


def test_no_file_names_a_source_map() -> None:
    names = [*SOURCES, *VENDORED_SCRIPTS]
    assert [name for name in names if "sourceMappingURL" in (STATIC / name).read_text()] == []


# --- Vendored files ----------------------------------------------------------------------------


def test_the_record_lists_every_vendored_file() -> None:
    assert {name for name, _ in RECORD} == {
        "vendor/htmx.min.js",
        "vendor/idiomorph-ext.min.js",
        "fonts/golos-text-cyrillic.woff2",
        "fonts/golos-text-latin.woff2",
        "icons.svg",
    }


@pytest.mark.parametrize(("name", "digest"), RECORD)
def test_vendored_files_have_the_recorded_hash(name: str, digest: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest


# --- Colours -----------------------------------------------------------------------------------

TEXT = [
    *(("text", background) for background in ("bg", "surface", "raised", "accent-soft")),
    *(("muted", background) for background in ("bg", "surface")),
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
    """The colours of a scheme by name; the dark scheme overrides the light one."""
    light, dark = (
        (STATIC / "css/base/tokens.css").read_text().split("prefers-color-scheme: dark", 1)
    )
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
def test_colours_have_enough_contrast(scheme: str) -> None:
    palette = tokens(scheme)
    pairs = [(*pair, 4.5) for pair in TEXT] + [(*pair, 3.0) for pair in SHAPES]
    ratios = {
        (foreground, background): contrast(palette[foreground], palette[background]) / minimum
        for foreground, background, minimum in pairs
    }
    assert [pair for pair, ratio in ratios.items() if ratio < 1] == []


def test_the_schemes_differ_in_every_colour() -> None:
    light, dark = tokens("light"), tokens("dark")
    assert [name for name in light if light[name] == dark[name]] == []

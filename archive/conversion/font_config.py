"""Substitutes for fonts that are not installed, the same for both converters."""

import shutil
from pathlib import Path

_SETTINGS = Path(__file__).parent / "fonts.conf"


def install_font_config(home: Path) -> None:
    """Installs our fontconfig settings for a converter with the home directory ``home``."""
    folder = home / ".config" / "fontconfig"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_SETTINGS, folder / "fonts.conf")

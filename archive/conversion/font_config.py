"""Which font stands in for one that is not here: the same answer for both converters."""

import shutil
from pathlib import Path

_SETTINGS = Path(__file__).parent / "fonts.conf"


def install_font_config(home: Path) -> None:
    """Gives a converter whose home is ``home`` our substitutions (fontconfig reads them there)."""
    folder = home / ".config" / "fontconfig"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_SETTINGS, folder / "fonts.conf")

"""Bundles: the style sheets and scripts of a page, each delivered as one file.

static/css and static/js hold one file per component and screen; a request for each would be slow.
A bundle concatenates files in the order of its list, which is the order of the cascade. Otherwise
it is a static file: `{% asset 'css/bundles/base.css' %}` includes it, and collectstatic
hashes and compresses it. There is no build step.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

BUNDLES: dict[str, tuple[str, ...]] = {
    # All pages, also log-in, errors and client pages.
    "css/bundles/base.css": (
        "css/base/tokens.css",
        "css/base/elements.css",
        "css/components/icon.css",
        "css/components/button.css",
        "css/components/badge.css",
        "css/components/banner.css",
        "css/components/kv.css",
        "css/components/empty_state.css",
        "css/components/card.css",
        "css/components/field.css",
        "css/components/error_summary.css",
        "css/components/combobox.css",
        "css/components/file_drop.css",
        "css/layout/plain_page.css",
        "css/layout/form_page.css",
        "css/base/utilities.css",
    ),
    # Staff pages only.
    "css/bundles/staff.css": (
        "css/layout/shell.css",
        "css/layout/page.css",
        "css/components/tabs.css",
        "css/components/chips.css",
        "css/components/menu.css",
        "css/components/table.css",
        "css/components/pagination.css",
        "css/components/stepper.css",
        "css/components/block.css",
        "css/components/page_previews.css",
        "css/components/timeline.css",
        "css/components/dialog.css",
        "css/components/toast.css",
        "css/components/loading_bar.css",
        "css/screens/list.css",
        "css/screens/card.css",
        "css/screens/new_task.css",
        "css/screens/search.css",
        "css/screens/help.css",
        "css/screens/notifications.css",
        "css/screens/reports.css",
        "css/base/print.css",
    ),
    # Pages of clients: the signing page, «Мои документы».
    "css/bundles/client.css": ("css/screens/signing.css",),
    "js/bundles/signing.js": ("js/screens/signing.js",),
    # Staff pages. A file can use what the files above it add to `econtract`.
    "js/bundles/staff.js": (
        "js/base/page.js",
        "js/components/toasts.js",
        "js/base/session.js",
        "js/base/polling.js",
        "js/base/requests.js",
        "js/components/dialog.js",
        "js/components/loading_bar.js",
        "js/components/buttons.js",
        "js/components/page_previews.js",
        "js/components/menus.js",
        "js/components/single_submit.js",
        "js/components/table_roles.js",
        "js/components/row_selection.js",
        "js/components/shortcuts.js",
        "js/components/combobox.js",
        "js/components/select_search.js",
        "js/components/mentions.js",
        "js/components/file_drop.js",
        "js/components/fields.js",
        "js/components/password.js",
        "js/screens/search.js",
        "js/screens/draft_queue.js",
        "js/screens/progress_notes.js",
    ),
}


# Comments are removed from bundles.
COMMENTS = {".css": re.compile(r"\s*/\*.*?\*/", re.S), ".js": re.compile(r"^\s*//.*\n", re.M)}


def content_of(bundle: str) -> str:
    """The text of a bundle. Relative URLs in it work two folders below static/."""
    comments = COMMENTS[Path(bundle).suffix]
    sources = (settings.BASE_DIR / "static" / name for name in BUNDLES[bundle])
    return "".join(comments.sub("", source.read_text()) for source in sources)


class BundleFinder(BaseFinder):
    """Finds the bundles for staticfiles; writes them below DATA_DIR when their sources change."""

    def __init__(self, app_names: object = None, *args: object, **kwargs: object) -> None:
        self.storage = FileSystemStorage(location=settings.DATA_DIR / "bundles")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        """No system checks: tests/ui fails on a missing source."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The path of the bundle's file, or ``[]`` when ``path`` is not a bundle."""
        if path not in BUNDLES:
            return []
        file = str(self._write(path))
        return [file] if find_all else file

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for path in BUNDLES:
            self._write(path)
            yield path, self.storage

    def _write(self, bundle: str) -> Path:
        """Writes the file if its content has changed, atomically."""
        file, content = Path(self.storage.path(bundle)), content_of(bundle)
        if file.exists() and file.read_text() == content:
            return file
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=file.parent, delete=False) as temporary:
            temporary.write(content)
        Path(temporary.name).replace(file)
        return file

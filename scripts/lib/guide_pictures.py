"""Pictures of the manager's guide, taken of a running demonstration (scripts/guide-pictures)."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

TARGET = Path(__file__).resolve().parents[2] / "static" / "help"
SIZE = ViewportSize(width=1120, height=700)
LARGEST = 100 * 1024
# Each picture's page; a task is the first of the demonstration in that status.
PAGES = {
    "list": "/tasks/my/?group=none",
    "new": "/tasks/new/company/",
    "card": "/tasks/my/?group=none&status=document_signing",
    "done": "/tasks/archive/?status=completed",
    "notes": "/notifications/",
    "manage": "/manage/companies/",
}
OPENS_FIRST = {"card", "done"}


def main(site: str) -> None:
    """Takes every picture as `manager`; fails when one is larger than a page can bear."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(
            base_url=site,
            viewport=SIZE,
            locale="ru-RU",
            color_scheme="light",
            reduced_motion="reduce",
        )
        log_in(page)
        for name, address in PAGES.items():
            page.goto(address)
            if name in OPENS_FIRST:
                page.locator("[data-row-link]").first.click()
                page.wait_for_url("**/tasks/*/")
            page.evaluate("document.fonts.ready.then(() => true)")
            page.wait_for_load_state("networkidle")
            save(name, page.screenshot())
        browser.close()


def log_in(page: Page) -> None:
    page.goto("/login/")
    page.fill("[name=username]", "manager")
    page.fill("[name=password]", "demo")
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url("**/tasks/**")


def save(name: str, png: bytes) -> None:
    file = TARGET / f"{name}.webp"
    Image.open(io.BytesIO(png)).convert("RGB").save(file, "WEBP", quality=80, method=6)
    if file.stat().st_size > LARGEST:
        raise SystemExit(f"{file.name} is larger than {LARGEST} bytes.")
    sys.stdout.write(f"{file.name} {file.stat().st_size}\n")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))

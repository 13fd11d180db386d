"""A page that is used with the keyboard only."""

from playwright.sync_api import Locator, Page

MAX_TAB_STOPS = 80


class Keyboard:
    """Presses keys on one page; it never uses the mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def tab_to(self, label: str) -> None:
        """Presses Tab until an element whose name contains ``label`` has the focus."""
        for _ in range(MAX_TAB_STOPS):
            self.press("Tab")
            if label in self.get_focus_name():
                return
        raise AssertionError(f"Tab does not reach «{label}».")

    def get_focus_name(self) -> str:
        """The accessible name of the element that has the focus."""
        return str(
            self.page.evaluate(
                """() => {
                  const el = document.activeElement;
                  const text = el.matches('a, button') && el.textContent;
                  return [el.ariaLabel, el.labels?.[0]?.textContent, text,
                    document.getElementById(el.getAttribute('aria-labelledby'))?.textContent,
                  ].filter(Boolean).join(' ');
                }"""
            )
        )

    def tab_to_element(self, target: Locator) -> None:
        """Presses Tab until ``target`` has the focus."""
        for _ in range(MAX_TAB_STOPS):
            if target.evaluate("el => el === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not reach {target}.")

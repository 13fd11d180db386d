"""A page used by keyboard alone."""

from playwright.sync_api import Locator, Page

MOST_STOPS = 80


class Keyboard:
    """Hands that know no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def tab_to(self, label: str) -> None:
        """Tab until the element of that name has the focus."""
        for _ in range(MOST_STOPS):
            self.press("Tab")
            if label in self.focused():
                return
        raise AssertionError(f"Tab never comes to «{label}».")

    def focused(self) -> str:
        return str(
            self.page.evaluate(
                """() => {
                  const el = document.activeElement;
                  const says = el.matches('a, button') && el.textContent;
                  return [el.ariaLabel, el.labels?.[0]?.textContent, says,
                    document.getElementById(el.getAttribute('aria-labelledby'))?.textContent,
                  ].filter(Boolean).join(' ');
                }"""
            )
        )

    def reach(self, target: Locator) -> None:
        """Tab until ``target`` has the focus."""
        for _ in range(MOST_STOPS):
            if target.evaluate("el => el === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"Tab never comes to {target}.")

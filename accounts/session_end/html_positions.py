"""Reading a page with the places of its tags, so that it can be changed without being rewritten."""

import re
from html.parser import HTMLParser


class PositionedParser(HTMLParser):
    """Feeds itself the page; in a handler `get_position` is where the tag begins."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", html))]
        self.feed(html)
        self.close()

    def get_position(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

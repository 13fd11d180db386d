"""RTF as a tree of groups and tokens (Rich Text Format 1.9.1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|[{}]|[^\\{}]+", re.DOTALL
)
_WORD = re.compile(rb"\\([a-zA-Z]+)(-?\d+)? ?")
_IGNORABLE = b"\\*"


@dataclass
class Group:
    """A group: its tokens (control words, escapes, runs of text) and its inner groups."""

    items: "list[bytes | Group]" = field(default_factory=list)

    @property
    def destination(self) -> str:
        """The control word that the group begins with («field»), without «\\*»; or empty."""
        for item in self.items[:2]:
            if isinstance(item, Group):
                break
            if item != _IGNORABLE and item.strip():
                return control_word(item)[0]
        return ""

    @property
    def is_ignorable(self) -> bool:
        """Whether a program that does not know the destination must skip the group."""
        return self.items[:1] == [_IGNORABLE]

    def groups(self) -> "Iterator[Group]":
        """The inner groups, of this level only."""
        return (item for item in self.items if isinstance(item, Group))

    def child(self, destination: str) -> "Group | None":
        """The first inner group with this destination, or a group in such a wrapper."""
        for group in self.groups():
            if group.destination == destination:
                return group
        return None

    def serialise(self) -> bytes:
        return (
            b"{"
            + b"".join(item.serialise() if isinstance(item, Group) else item for item in self.items)
            + b"}"
        )


def control_word(token: bytes) -> tuple[str, int | None]:
    """The name and the parameter of a control word; an empty name for any other token."""
    match = _WORD.fullmatch(token)
    if match is None:
        return "", None
    return match[1].decode(), int(match[2]) if match[2] else None


def parse(data: bytes) -> Group:
    """The outer group of a file whose groups are balanced."""
    outer = Group()
    stack, position = [outer], 0
    while token := _TOKEN.search(data, position):
        position = token.end()
        text = token[0]
        if text == b"{":
            group = Group()
            stack[-1].items.append(group)
            stack.append(group)
        elif text == b"}":
            stack.pop()
            if len(stack) == 1:
                break
        else:
            if token[1] == b"bin" and token[2]:  # raw bytes follow
                end = position + max(0, int(token[2]))
                text, position = text + data[position:end], end
            stack[-1].items.append(text)
    return next(outer.groups())

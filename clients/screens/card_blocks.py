"""Blocks that rooms above `clients` add to the cards of people."""

from collections.abc import Callable

from accounts.models import User
from clients.models import Client

# The HTML of a block for what the user sees; "" where there is nothing to show.
BuildBlock = Callable[[Client, User], str]

_blocks: list[BuildBlock] = []


def register_card_block(build: BuildBlock) -> None:
    _blocks.append(build)


def build_card_blocks(client: Client, user: User) -> list[str]:
    return [html for build in _blocks if (html := build(client, user))]

"""A bad file: the refusal that it must get, and a function that makes it."""

from collections.abc import Callable

from econtract.platform.common.refusals import Refusal

BadFile = tuple[Refusal, Callable[[], bytes]]

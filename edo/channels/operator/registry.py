"""The gateway of each EDO operator."""

from collections.abc import Callable

from edo.channels.operator.diadoc import Diadoc
from edo.channels.operator.gateway import Operator
from edo.models import Box, OperatorName

OPERATORS: dict[str, Callable[[], Operator]] = {OperatorName.DIADOC: Diadoc}


def operator_for(box: Box) -> Operator:
    """The gateway of the box's operator. Raises LookupError when there is none."""
    return OPERATORS[box.operator]()

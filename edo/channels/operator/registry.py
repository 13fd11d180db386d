"""Which module speaks to which operator."""

from collections.abc import Callable

from edo.channels.operator.diadoc import Diadoc
from edo.channels.operator.gateway import Operator
from edo.models import Box
from edo.models import Operator as OperatorName

OPERATORS: dict[str, Callable[[], Operator]] = {OperatorName.DIADOC: Diadoc}


def operator_for(box: Box) -> Operator:
    """The operator that the box is at. Raises LookupError when no module speaks to it."""
    return OPERATORS[box.operator]()

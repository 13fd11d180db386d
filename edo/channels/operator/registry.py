"""The gateway of each EDO operator."""

from collections.abc import Callable

from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.gateway import OperatorGateway
from edo.models import Box, OperatorName

GATEWAYS: dict[str, Callable[[], OperatorGateway]] = {OperatorName.DIADOC: DiadocGateway}


def get_gateway(box: Box) -> OperatorGateway:
    """The gateway of the box's operator. Raises LookupError when there is none."""
    return GATEWAYS[box.operator]()

"""The gateway of each EDO operator."""

from collections.abc import Callable

from edo.channels.operator.cloud_signing import CloudSigningGateway
from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.diadoc.cloud_signing import DiadocCloudSigning
from edo.channels.operator.gateway import OperatorGateway
from edo.models import Box, OperatorName

GATEWAYS: dict[str, Callable[[], OperatorGateway]] = {OperatorName.DIADOC: DiadocGateway}
CLOUD_SIGNING: dict[str, Callable[[], CloudSigningGateway]] = {
    OperatorName.DIADOC: DiadocCloudSigning
}


def get_gateway(box: Box) -> OperatorGateway:
    """The gateway of the box's operator. Raises LookupError when there is none."""
    return GATEWAYS[box.operator]()


def get_cloud_signing(box: Box) -> CloudSigningGateway:
    """The cloud signature of the box's operator. Raises LookupError when it has none."""
    return CLOUD_SIGNING[box.operator]()

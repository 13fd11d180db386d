"""Our own side in the demo data: boxes, signatories and powers of attorney.

In a real installation an administrator enters these; here they come from the sandbox.
"""

from datetime import datetime, timedelta

from clients.models import Region
from econtract.platform.common import clock
from econtract.platform.common.http import OutsideHttp
from edo.models import Box, Signatory, SigningProvider
from edo.powers.mchd import MchdCompany, MchdPower
from edo.powers.registration import issue_power_of_attorney
from edo.signatories import import_signatories
from tasks.demo.sandbox import SandboxControl

HEAD_KEY = "head"
# Older than every demo task. One power has expired, for the page «Сертификаты и МЧД».
POWER_SINCE = timedelta(days=200)
POWER_UNTIL = timedelta(days=500)
SIGNATORY_WITH_EXPIRED_POWER = "signer-kuznetsov"
# The others have their keys at the signing service, which asks nobody.
PHONE_SIGNATORIES = {
    "signer-petrov": SigningProvider.DSS,
    "signer-sidorova": SigningProvider.OPERATOR_DSS,
}
PRINCIPAL = MchdCompany(
    name="Публичное акционерное общество «Ростелеком»",
    inn="7707049388",
    kpp="784001001",
    ogrn="1027700198767",
)
POWER = MchdPower(code="ECONTRACT_SIGN_DOCUMENTS", name="Подписание документов с клиентами")


def create_operator() -> None:
    """Creates boxes, signatories and powers of attorney unless they exist.

    Regions must be loaded. Raises Unavailable or SandboxUnavailable without a running sandbox.
    """
    boxes = [_find_or_create_box(organisation) for organisation in _fetch_our_organisations()]
    signatories = import_signatories()
    for signatory in signatories:
        signatory.boxes.set(boxes)
    newcomers = [signatory for signatory in signatories if not signatory.powers.exists()]
    for signatory in newcomers:
        signatory.provider = PHONE_SIGNATORIES.get(signatory.key_ref, "")
        signatory.save(update_fields=["provider"])
    _issue_powers(newcomers)


def _fetch_our_organisations() -> list[dict[str, str]]:
    response = OutsideHttp("edo").get("/GetMyOrganizations")
    return [
        {
            "name": organisation["ShortName"],
            "inn": organisation["Inn"],
            "kpp": organisation["Kpp"],
            "box": box["BoxIdGuid"],
        }
        for organisation in response["Organizations"]
        for box in organisation["Boxes"]
    ]


def _find_or_create_box(organisation: dict[str, str]) -> Box:
    box, _ = Box.objects.get_or_create(
        operator_box_id=organisation["box"],
        defaults={
            "name": organisation["name"],
            "inn": organisation["inn"],
            "kpp": organisation["kpp"],
        },
    )
    mrf = organisation["name"].rpartition("«")[2].rstrip("»")
    regions = Region.objects.filter(mrf=mrf)
    # The head office serves every region, a branch the regions of its macro-region.
    box.regions.set(regions if regions.exists() else Region.objects.all())
    return box


def _issue_powers(signatories: list[Signatory]) -> None:
    """Issues powers that the head signed before the first demo task, by both clocks."""
    issued_at = clock.now() - POWER_SINCE
    with SandboxControl() as sandbox:
        sandbox.set_clock(issued_at)
        try:
            with clock.travel_to(issued_at):
                for signatory in signatories:
                    _issue_power(signatory, issued_at)
        finally:
            sandbox.reset_clock()


def _issue_power(signatory: Signatory, issued_at: datetime) -> None:
    """Issues a power for ``signatory``; one signatory's has expired by now."""
    now = issued_at + POWER_SINCE
    until = (
        now - timedelta(days=1)
        if signatory.key_ref == SIGNATORY_WITH_EXPIRED_POWER
        else now + POWER_UNTIL
    )
    issue_power_of_attorney(
        signatory=signatory,
        principal=PRINCIPAL,
        head_key_ref=HEAD_KEY,
        valid_from=issued_at.date(),
        valid_until=until.date(),
        powers=(POWER,),
    )

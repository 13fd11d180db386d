"""Our own side of the demonstration: boxes, signatories and powers of attorney.

An administrator enters these by hand in a real installation; the demonstration asks the outside
systems (the sandbox) what there is.
"""

from datetime import datetime, timedelta

from clients.models import Region
from econtract.platform.common import clock
from econtract.platform.common.http import OutsideHttp
from edo.models import Box, Signatory
from edo.powers.mchd import MchdCompany, MchdPower
from edo.powers.registration import issue_power_of_attorney
from edo.signatories import import_signatories
from tasks.demo.sandbox import SandboxControl

HEAD_KEY = "head"
# Older than every demonstrated past, and one that has run out for the page that warns.
POWER_SINCE = timedelta(days=200)
POWER_UNTIL = timedelta(days=500)
LAPSED_POWER = "signer-kuznetsov"
PRINCIPAL = MchdCompany(
    name="Публичное акционерное общество «Ростелеком»",
    inn="7707049388",
    kpp="784001001",
    ogrn="1027700198767",
)
POWER = MchdPower(code="ECONTRACT_SIGN_DOCUMENTS", name="Подписание документов с клиентами")


def install() -> None:
    """Makes boxes, signatories and powers of attorney; what is there already stays.

    Regions must be loaded. Raises Unavailable or SandboxMissing when the sandbox does not answer.
    """
    boxes = [_box(organisation) for organisation in _our_organisations()]
    signatories = import_signatories()
    for signatory in signatories:
        signatory.boxes.set(boxes)
    _give_powers([signatory for signatory in signatories if not signatory.powers.exists()])


def _our_organisations() -> list[dict[str, str]]:
    answer = OutsideHttp("edo").get("/GetMyOrganizations")
    return [
        {
            "name": organisation["ShortName"],
            "inn": organisation["Inn"],
            "kpp": organisation["Kpp"],
            "box": box["BoxId"],
        }
        for organisation in answer["Organizations"]
        for box in organisation["Boxes"]
    ]


def _box(organisation: dict[str, str]) -> Box:
    box, _ = Box.objects.get_or_create(
        operator_box_id=organisation["box"],
        defaults={
            "name": organisation["name"],
            "inn": organisation["inn"],
            "kpp": organisation["kpp"],
        },
    )
    mrf = organisation["name"].rpartition("«")[2].rstrip("»")
    own = Region.objects.filter(mrf=mrf)
    # The head office serves every region, a branch the regions of its macro-region.
    box.regions.set(own if own.exists() else Region.objects.all())
    return box


def _give_powers(signatories: list[Signatory]) -> None:
    """Powers that the head signed before the demonstrated past, by both clocks."""
    made_at = clock.now() - POWER_SINCE
    with SandboxControl() as sandbox:
        sandbox.set_clock(made_at)
        try:
            with clock.travel_to(made_at):
                for signatory in signatories:
                    _give_power(signatory, made_at)
        finally:
            sandbox.present()


def _give_power(signatory: Signatory, made_at: datetime) -> None:
    """A power for ``signatory``; one signatory's has run out by now."""
    now = made_at + POWER_SINCE
    until = now - timedelta(days=1) if signatory.key_ref == LAPSED_POWER else now + POWER_UNTIL
    issue_power_of_attorney(
        signatory=signatory,
        principal=PRINCIPAL,
        head_key_ref=HEAD_KEY,
        valid_from=made_at.date(),
        valid_until=until.date(),
        powers=(POWER,),
    )

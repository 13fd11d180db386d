"""What the signing page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from clients.models.formats import mask_phone
from econtract.platform.common.moscow_time import format_date, format_timestamp
from edo.channels.simple import agreements, codes
from edo.models import AgreementText, SigningLink
from tasks.screens.common.client_codes import CodeForm
from tasks.screens.common.client_managers import ClientManager, build_client_manager
from tasks.screens.signing.forms import AgreementsForm
from tasks.screens.signing.visits import Visit


@dataclass(frozen=True)
class DocumentHeading:
    """Who asks, whom, and for what."""

    organisation: str
    client: str
    title: str
    date: str
    pages: int
    manager: ClientManager


@dataclass(frozen=True)
class AgreementField:
    """A text to accept, with its tick."""

    name: str
    label: str
    text: AgreementText
    error: str
    is_checked: bool


@dataclass(frozen=True)
class SigningPage:
    """The page of a live link. ``code`` is the form for the code, None before it is sent."""

    heading: DocumentHeading
    sheets: range
    signer: str
    phone: str
    expires: str
    fields: Sequence[AgreementField] = ()
    code: CodeForm | None = None
    resend_seconds: int = 0
    problem: str = ""
    errors: Sequence[dict[str, str]] = ()


@dataclass(frozen=True)
class EndedPage:
    """Why the link has ended, for the browser that has seen it live."""

    heading: DocumentHeading
    end: str
    time: str
    reason: str
    has_package: bool
    rating: int | None
    asks_rating: bool


def build_page(
    visit: Visit,
    *,
    texts: AgreementsForm | None = None,
    code: CodeForm | None = None,
    problem: str = "",
) -> SigningPage:
    """The page of the live link; with ``texts`` or ``code`` it shows their errors."""
    signing = visit.signing
    status = codes.find_status(visit.link)
    form = code or (CodeForm() if status.is_live else None)
    fields = [] if form else _build_fields(texts or build_agreements_form(visit))
    errors = [{"href": f"#id_{item.name}", "text": item.error} for item in fields if item.error]
    if form and form.errors:
        errors += [{"href": "#id_code", "text": str(form.errors["code"][0])}]
    return SigningPage(
        heading=build_heading(visit),
        sheets=range(1, (visit.version.pages or 0) + 1),
        signer=signing.signer.short_name,
        phone=mask_phone(signing.signer.phone),
        expires=format_timestamp(signing.expires_at)[:16],
        fields=fields,
        code=form,
        resend_seconds=status.wait_seconds,
        problem=problem,
        errors=errors,
    )


def build_agreements_form(visit: Visit, request: HttpRequest | None = None) -> AgreementsForm:
    """The ticks that the signer still has to set; bound to ``request``, if any."""
    texts = agreements.find_missing_texts(visit.signing.signer.contact_id)
    return AgreementsForm(texts, request.POST if request else None)


def _build_fields(form: AgreementsForm) -> list[AgreementField]:
    return [
        AgreementField(
            name=name,
            label=str(form.fields[name].label),
            text=text,
            error=str(form.errors[name][0]) if name in form.errors else "",
            is_checked=form.is_bound and name in form.data,
        )
        for name, text in form.texts.items()
    ]


def build_heading(visit: Visit) -> DocumentHeading:
    task, signing = visit.task, visit.signing
    return DocumentHeading(
        organisation=signing.box.name,
        client=str(task.client),
        title=f"{task.document_kind.name} № {task.document_number}",
        date=format_date(signing.created_at),
        pages=visit.version.pages or 0,
        manager=build_client_manager(task),
    )


def build_ended_page(visit: Visit) -> EndedPage:
    link, signing, task = visit.link, visit.signing, visit.task
    is_signed = link.end == SigningLink.End.USED
    moment = (signing.finished_at if is_signed else None) or link.ended_at or link.expires_at
    return EndedPage(
        heading=build_heading(visit),
        # A link that nobody has ended is one whose time is over.
        end=link.end or SigningLink.End.EXPIRED,
        time=format_timestamp(moment),
        reason=signing.reason,
        has_package=is_signed and task.simple_signing_id == signing.pk and bool(task.package_id),
        rating=signing.rating,
        asks_rating=is_signed and signing.rating is None,
    )

"""«Проверка документа»: public, changes nothing, stores nothing."""

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from archive.models import Package
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.moscow_time import format_timestamp
from econtract.verification import rate_limit, stored_packages
from econtract.verification.detached import verify_detached
from econtract.verification.forms import VerificationForm
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.report import (
    conclusion,
    find_unknowns,
    power_block,
    seal_block,
    signature_block,
    simple_block,
    timestamp_block,
)
from econtract.verification.results import VerificationResult
from econtract.verification.uploads import LimitedUploads
from edo.trust.store import load_seal_trust_store, load_trust_store

TEMPLATE = "verification/check.html"
NOT_FOUND, TOO_LARGE, UNPROCESSABLE, TOO_MANY = 404, 413, 422, 429
TOO_LARGE_ERROR = "Файлы больше 100 МБ не проверяются на этой странице."


# Exempt from CSRF protection: a verification has no side effects, and reading the form's token
# would read the whole body before the upload handler can limit it.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The form, and after POST the result: 200 whether or not the verification succeeds."""
    if request.method != "POST":
        return render(request, TEMPLATE, {"form": VerificationForm()})
    if rate_limit.is_limit_exceeded(request):
        return _too_many_requests(request)
    uploads = LimitedUploads(request)
    request.upload_handlers = [uploads]
    form = VerificationForm(request.POST, request.FILES)
    if uploads.exceeded:
        form.add_error("package", TOO_LARGE_ERROR)
        return render(request, TEMPLATE, {"form": form}, status=TOO_LARGE)
    if not form.is_valid():
        return render(request, TEMPLATE, {"form": form}, status=UNPROCESSABLE)
    result, package = stored_packages.compare_with_stored(_verify(form.cleaned_data))
    context = {"form": VerificationForm()} | _result_context(result, package)
    return render(request, TEMPLATE, context)


@login_not_required
@never_cache
@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """The verification of the stored package with that code: the QR code of a protocol opens it.

    It shows organisations and certificates but no persons, because somebody who knows the code
    need not have the package.
    """
    if rate_limit.is_limit_exceeded(request):
        return _too_many_requests(request)
    package = stored_packages.find_package(code)
    if package is None:
        context = {"form": VerificationForm(), "unknown_code": code}
        return render(request, TEMPLATE, context, status=NOT_FOUND)
    result = stored_packages.verify_stored(package, policy=_build_policy())
    context = _result_context(result, package, in_full=False) | {"form": VerificationForm()}
    return render(request, TEMPLATE, context)


@login_not_required
@require_safe
def seal_roots(request: HttpRequest) -> HttpResponse:
    """The roots of our seal (PEM), so that nobody has to trust those enclosed in a package."""
    try:
        roots = load_seal_trust_store().roots
    except Unavailable as error:
        raise Http404 from error
    content = b"".join(root.public_bytes(Encoding.PEM) for root in roots)
    return HttpResponse(content, content_type="application/x-pem-file")


def _verify(cleaned_data: dict[str, Any]) -> VerificationResult:
    if cleaned_data["package"]:
        return verify_package(cleaned_data["package"].file, policy=_build_policy())
    files = cleaned_data["signatures"]
    powers = [file for file in files if file.name.lower().endswith(".xml")]
    return verify_detached(
        document=cleaned_data["document"].file,
        document_name=cleaned_data["document"].name,
        signatures=[file for file in files if file not in powers],
        power=powers[0] if powers else None,
        policy=_build_policy(),
    )


def _build_policy() -> VerificationPolicy:
    schema = Path(settings.MCHD_XSD) if settings.MCHD_XSD else None
    return VerificationPolicy(
        trust=load_trust_store(), seal_trust=load_seal_trust_store(), mchd_schema=schema
    )


def _result_context(
    result: VerificationResult, package: Package | None, *, in_full: bool = True
) -> dict[str, Any]:
    return {
        "result": result,
        "conclusion": conclusion(result),
        "blocks": [
            *(signature_block(signature, in_full=in_full) for signature in result.signatures),
            *(simple_block(simple, in_full=in_full) for simple in result.simple_signatures),
            *(power_block(power, in_full=in_full) for power in result.powers),
            *([seal_block(result.seal)] if result.seal else []),
            *map(timestamp_block, result.timestamps),
        ],
        "unknowns": find_unknowns(result),
        "in_full": in_full,
        "package": package,
        "stored_since": format_timestamp(package.created_at) if package else "",
    }


def _too_many_requests(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", {"retry_after": "минуту"}, status=TOO_MANY)
    response["Retry-After"] = str(rate_limit.WINDOW_SECONDS)
    return response

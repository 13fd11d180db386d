"""«Проверка документа»: open to everybody, changes nothing, keeps nothing."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from archive.models import Package
from econtract.platform.common.moscow_time import format_moment
from econtract.verification import limits, stored_packages
from econtract.verification.detached import verify_detached
from econtract.verification.forms import CheckForm
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.report import conclusion, power_block, signature_block
from econtract.verification.results import VerificationResult
from edo.signing.trust import load_trust_store

NOT_FOUND, TOO_LARGE, UNPROCESSABLE, TOO_MANY = 404, 413, 422, 429
TOO_LARGE_WORDS = "Файлы больше 100 МБ не проверяются на этой странице."


# A check changes nothing that a forged request could want, and the token of a form would be read
# with the whole body, before its size can be bounded.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The form, and the answer to what is handed in: 200 with the verdict, whatever it is."""
    if request.method != "POST":
        return render(request, "verification/check.html", {"form": CheckForm()})
    if limits.is_spent(request):
        return _too_often(request)
    uploads = limits.BoundedUploads(request)
    request.upload_handlers = [uploads]
    form = CheckForm(request.POST, request.FILES)
    if uploads.exceeded:
        form.add_error("package", TOO_LARGE_WORDS)
        return render(request, "verification/check.html", {"form": form}, status=TOO_LARGE)
    if not form.is_valid():
        return render(request, "verification/check.html", {"form": form}, status=UNPROCESSABLE)
    verdict, package = stored_packages.compare_with_stored(_verdict(form.cleaned_data))
    return render(
        request, "verification/check.html", {"form": CheckForm()} | _answer(verdict, package)
    )


@login_not_required
@never_cache
@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR of a protocol leads to: the package of that code, checked as it lies here.

    It names organisations and certificates, not persons: a code may be seen by more people than
    hold the package.
    """
    if limits.is_spent(request):
        return _too_often(request)
    package = stored_packages.find_package(code)
    if package is None:
        context = {"form": CheckForm(), "unknown_code": code}
        return render(request, "verification/check.html", context, status=NOT_FOUND)
    verdict = stored_packages.verify_stored(package, rules=_rules())
    context = _answer(verdict, package, in_full=False) | {"form": CheckForm()}
    return render(request, "verification/check.html", context)


def _verdict(handed_in: dict[str, Any]) -> VerificationResult:
    if handed_in["package"]:
        return verify_package(handed_in["package"].file, rules=_rules())
    files = handed_in["signatures"]
    powers = [item for item in files if item.name.lower().endswith(".xml")]
    return verify_detached(
        document=handed_in["document"].file,
        document_name=handed_in["document"].name,
        signatures=[item for item in files if item not in powers],
        power=powers[0] if powers else None,
        rules=_rules(),
    )


def _rules() -> VerificationPolicy:
    schema = Path(settings.MCHD_XSD) if settings.MCHD_XSD else None
    return VerificationPolicy(trust=load_trust_store(), mchd_schema=schema)


def _answer(
    verdict: VerificationResult, package: Package | None, *, in_full: bool = True
) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "conclusion": conclusion(verdict),
        "blocks": [
            *(signature_block(item, in_full=in_full) for item in verdict.signatures),
            *(power_block(item, in_full=in_full) for item in verdict.powers),
        ],
        "in_full": in_full,
        "package": package,
        "kept_since": format_moment(package.created_at) if package else "",
    }


def _too_often(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", {"retry_after": "минуту"}, status=TOO_MANY)
    response["Retry-After"] = str(limits.WINDOW)
    return response

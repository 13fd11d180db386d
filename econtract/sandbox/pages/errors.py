"""Error responses: HTML for pages, JSON for the protocols."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from econtract.sandbox.faults import system_from_path


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _render_error(
        request, 400, "bad_request", "Запрос не понят", "Вернитесь и попробуйте снова."
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _render_error(request, 403, "forbidden", "Сюда нельзя", "Вернитесь на главную страницу.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    hint = "Возможно, песочница начата заново или ссылка больше не действует."
    return _render_error(request, 404, "not_found", "Страница не найдена", hint)


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    hint = "Ошибка записана. Повторите через минуту."
    return _render_error(request, 500, "internal_error", "Что-то сломалось", hint)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long."""
    return _render_error(
        request, 403, "csrf", "Страница устарела", "Вернитесь, обновите ее и повторите."
    )


def _render_error(
    request: HttpRequest, status: int, code: str, title: str, hint: str
) -> HttpResponse:
    if system_from_path(request.path) or request.path.startswith("/control/"):
        response: HttpResponse = JsonResponse({"code": code, "message": code}, status=status)
        response["X-Diadoc-ErrorCode"] = code
        return response
    return render(request, "sandbox/error.html", {"title": title, "hint": hint}, status=status)

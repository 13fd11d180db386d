"""The log-in page, and the page that says how to get access."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import request_text
from accounts.forms import LoginForm
from accounts.models import User


class Login(LoginView):
    """«Вход». Answers 422 to a wrong password, 429 after too many of them."""

    template_name = "accounts/login.html"
    form_class = LoginForm
    redirect_authenticated_user = True

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        too_many = form.has_error("__all__", code="too_many")
        context: dict[str, Any] = self.get_context_data(form=form)
        return self.render_to_response(context, status=429 if too_many else 422)


@require_safe
@never_cache
def access(request: HttpRequest) -> HttpResponse:
    """«Предоставление доступа»: how to ask for a role, with the text of the request."""
    user = cast(User, request.user)
    context = {"helpme_url": settings.HELPME_URL, "request_text": request_text(user.username)}
    return render(request, "accounts/access.html", context)

"""Sign-in, and the page that says how to get access."""

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

UNPROCESSABLE = 422
TOO_MANY = 429


class Login(LoginView):
    """«Вход». A refused attempt answers 422, a guess too many 429, both with the whole form."""

    template_name = "accounts/login.html"
    form_class = LoginForm
    redirect_authenticated_user = True

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        spent = form.has_error("__all__", code="too_many")
        context: dict[str, Any] = self.get_context_data(form=form)
        return self.render_to_response(context, status=TOO_MANY if spent else UNPROCESSABLE)


@require_safe
@never_cache
def access(request: HttpRequest) -> HttpResponse:
    """«Предоставление доступа»: how to ask for a role, with the request ready to be copied."""
    user = cast(User, request.user)
    context = {"helpme_url": settings.HELPME_URL, "request_text": request_text(user.username)}
    return render(request, "accounts/access.html", context)

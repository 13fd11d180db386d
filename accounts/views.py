"""Log-in, one's own password, and the page that says how to get access."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts import actions
from accounts.forms import LoginForm, OwnPasswordForm
from accounts.login import known_devices
from accounts.models import User
from accounts.session_end import unsent_forms
from accounts.session_end.pages import get_next_page
from accounts.support import build_access_request
from econtract.platform.common.page_owner import read_page_owner

NO_CONTENT, BAD_REQUEST, CONFLICT, UNPROCESSABLE, TOO_MANY_REQUESTS = 204, 400, 409, 422, 429
ACTION_HEADER = "X-Form-Action"


class Login(LoginView):
    """«Вход». Answers 422 to a wrong password, 429 after too many of them."""

    template_name = "accounts/login.html"
    form_class = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_unsent_forms = unsent_forms.has_unsent_forms(self.request)
        return super().get_context_data(has_unsent_forms=has_unsent_forms, **kwargs)

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        delay = form.delay if isinstance(form, LoginForm) else 0
        context: dict[str, Any] = self.get_context_data(form=form)
        response = self.render_to_response(
            context, status=TOO_MANY_REQUESTS if delay else UNPROCESSABLE
        )
        if delay:
            response["Retry-After"] = str(delay)
        return response

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        known_devices.remember_login(self.request, response, form.cleaned_data["username"])
        return response


class OwnPassword(PasswordChangeView):
    """«Сменить пароль»: of one's own account, by everybody. Their other sessions end."""

    template_name = "accounts/password.html"
    form_class = OwnPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=UNPROCESSABLE)

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            form.save()
            actions.record_own_password(user=form.user)
        update_session_auth_hash(self.request, form.user)
        messages.success(self.request, "Пароль изменен. Остальные ваши сеансы завершены.")
        return redirect(get_next_page(self.request))


@csrf_exempt
@login_not_required
@require_POST
def keep_form(request: HttpRequest) -> HttpResponse:
    """Keeps a form that its page could not send; nothing else is done with it.

    Exempt from the CSRF check, because the cookie may be that of another log-in already. The signed
    owner of the page takes its place.
    """
    owner_id, action = read_page_owner(request), request.headers.get(ACTION_HEADER, "")
    if owner_id is None or not action.startswith("/"):
        return HttpResponse(status=BAD_REQUEST)
    if request.user.is_authenticated and request.user.pk != owner_id:
        return HttpResponse(status=CONFLICT)
    unsent_forms.keep_form(request, owner_id=owner_id, action=action)
    return HttpResponse(status=NO_CONTENT)


@require_safe
@never_cache
def access(request: HttpRequest) -> HttpResponse:
    """«Предоставление доступа»: how to ask for a role, with the text of the request."""
    user = cast(User, request.user)
    context = {"access_request": build_access_request(user.username)}
    return render(request, "accounts/access.html", context)

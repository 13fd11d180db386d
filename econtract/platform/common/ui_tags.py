"""Template tags of every page."""

from functools import lru_cache

from django import template
from django.http import HttpRequest
from django.template import Context
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from econtract.platform.common.page_owner import PAGE_OWNER_FIELD, sign_page_owner
from econtract.platform.common.toasts import UndoToast, take_undo_toasts

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, label: str = "", small: bool = False) -> SafeString:
    """An icon of static/icons.svg. Screen readers read ``label``; without one they skip the icon.

    A page has about forty icons, so the markup is cached.
    """
    label_attributes = format_html('role="img" aria-label="{}"', label)
    return format_html(
        '<svg class="icon{}" {}><use href="{}#{}" /></svg>',
        " icon-s" if small else "",
        label_attributes if label else mark_safe('aria-hidden="true"'),
        static("icons.svg"),
        name,
    )


@register.simple_tag
@lru_cache(maxsize=64)
def asset(path: str) -> str:
    """The URL of a static file, like `{% static %}` but cached: for the files of every page."""
    return static(path)


@register.simple_tag(takes_context=True)
def undo_toasts(context: Context) -> list[UndoToast]:
    """The toasts with «Отменить» of this session; each is rendered once."""
    request = context.get("request")
    return take_undo_toasts(request) if request else []


@register.simple_tag(takes_context=True)
def page_owner(context: Context) -> str:
    """The signed id of the user for whom the page is made; scripts send it in a header."""
    request = _get_request(context)
    return sign_page_owner(request) if request else ""


class FormTokensNode(CsrfTokenNode):
    """Django's CSRF token, and the owner of the page (`econtract.platform.common.page_owner`)."""

    def render(self, context: Context) -> str:
        token_field = super().render(context)
        owner = page_owner(context)
        if not owner:
            return token_field
        owner_field = '<input type="hidden" name="{}" value="{}">'
        return token_field + format_html(owner_field, PAGE_OWNER_FIELD, owner)


@register.tag("csrf_token")
def csrf_token(parser: Parser, token: Token) -> FormTokensNode:
    """Replaces Django's tag in all templates, those of the admin included."""
    return FormTokensNode()


def _get_request(context: Context) -> HttpRequest | None:
    """With `only` a template has no variable `request`, but its context has the attribute."""
    return context.get("request") or getattr(context, "request", None)

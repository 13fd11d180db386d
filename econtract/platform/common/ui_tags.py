"""Template tags of every page."""

from functools import lru_cache

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

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

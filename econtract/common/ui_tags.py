"""Template tags of every page."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, label: str = "", small: bool = False) -> SafeString:
    """An icon of static/icons.svg; ``label`` says it aloud, without one it is decoration.

    The same as `_components/icon.html`, for what every page draws: a page has forty of them.
    """
    said = format_html('role="img" aria-label="{}"', label)
    return format_html(
        '<svg class="icon{}" {}><use href="{}#{}" /></svg>',
        " icon-s" if small else "",
        said if label else mark_safe('aria-hidden="true"'),
        static("icons.svg"),
        name,
    )

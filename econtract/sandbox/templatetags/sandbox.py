"""Template tags and filters: `phone` and `state`."""

from __future__ import annotations

from django import template

from econtract.sandbox.numbers import is_phone

register = template.Library()


@register.filter
def phone(text: str) -> str:
    """Format `+79123456789` as `+7 912 345-67-89`; return other text unchanged."""
    if not is_phone(text):
        return text
    return f"+7 {text[2:5]} {text[5:8]}-{text[8:10]}-{text[10:]}"


@register.inclusion_tag("sandbox/components/state.html")
def state(variant: str, text: str) -> dict[str, str]:
    """A state as an icon, text and a colour. Variants: waiting, done, error, closed."""
    return {"variant": variant, "text": text}

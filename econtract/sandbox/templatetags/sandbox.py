"""Template helpers."""

from __future__ import annotations

from django import template

from econtract.sandbox.numbers import is_phone

register = template.Library()


@register.filter
def phone(text: str) -> str:
    """`+79123456789` as people read it, `+7 912 345-67-89`; anything else as it is."""
    if not is_phone(text):
        return text
    return f"+7 {text[2:5]} {text[5:8]}-{text[8:10]}-{text[10:]}"


@register.inclusion_tag("sandbox/components/state.html")
def state(look: str, text: str) -> dict[str, str]:
    """A state as shape, words and colour. Looks: waiting, done, error, closed."""
    return {"look": look, "text": text}

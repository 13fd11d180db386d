"""What the admin pages of users and of access groups share."""

from typing import Any

from django.contrib import admin
from django.forms.models import BaseInlineFormSet


class LabelledFormSet(BaseInlineFormSet):
    """A tabular inline whose fields have labels for screen readers, not only column headers."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            if not field.widget.is_hidden:
                # The admin wraps widgets of relations in another one, with its buttons.
                widget = getattr(field.widget, "widget", field.widget)
                widget.attrs["aria-label"] = field.label or name


class TitledAdmin(admin.ModelAdmin):
    """Titles pages with the model's name: Django's «Изменить …» is not good Russian."""

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        name = str(self.opts.verbose_name)
        context["title"] = f"{name[0].upper()}{name[1:]}"
        return super().render_change_form(request, context, *args, **kwargs)

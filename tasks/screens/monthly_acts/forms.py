"""The forms of lists of agents."""

from django import forms

from tasks.monthly_acts.lists import split_inns


class ListForm(forms.Form):
    """The name of a list."""

    name = forms.CharField(
        label="Название списка",
        max_length=120,
        help_text="Например: Агенты Тулы",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Введите название списка"},
    )


class AddAgentsForm(forms.Form):
    """The agents to add, by their ИНН."""

    inns = forms.CharField(
        label="ИНН агентов",
        help_text="По одному в строке или через запятую",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Введите ИНН хотя бы одного агента"},
    )

    def clean_inns(self) -> list[str]:
        return split_inns(self.cleaned_data["inns"])

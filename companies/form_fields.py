"""Form fields for free text. Characters that cannot be stored are removed before the length is checked.

In names and addresses, which say who somebody is, that is an error once: the form shows what is left.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies import email_addresses, host_names
from companies.collation import sorted_by_name
from companies.languages import LanguageText, in_language, other_language
from companies.text import cleaned, has_control

# The empty choice of every list in which one need not choose.
NOTHING_SELECTED = gettext_lazy("Nothing selected")


class _ShownCleaned(forms.Field):
    """Refuses control characters, and shows the form again without them: nobody could find them."""

    def shown(self, value: str) -> str:
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and has_control(value):
            raise forms.ValidationError(control_characters_removed())
        return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        bound = super().bound_data(data, initial)
        return self.shown(bound) if isinstance(bound, str) and has_control(bound) else bound


def control_characters_removed() -> str:
    return _("We removed characters that can’t be displayed. Check the text and send it again.")


class LineField(forms.CharField):
    """One line, without line breaks and control characters; a text without a visible character is empty."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(cleaned(value, one_line=True) if isinstance(value, str) else value)


class ProseField(forms.CharField):
    """Several lines; line breaks are line feeds, so that the length is what the page's counter shows."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        return super().to_python(cleaned(value) if isinstance(value, str) else value)


class NameField(_ShownCleaned, LineField):
    """Of a person or a company."""

    def shown(self, value: str) -> str:
        return cleaned(value, one_line=True)


class PeopleField(_ShownCleaned, ProseField):
    """People with their addresses, one a line."""

    def shown(self, value: str) -> str:
        return cleaned(value)


class EmailAddressField(_ShownCleaned, forms.EmailField):
    default_validators = [email_addresses.check]

    def shown(self, value: str) -> str:
        return cleaned(value, one_line=True)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return email_addresses.normalized(value) if isinstance(value, str) else value


class WebAddressField(forms.URLField):
    def __init__(self, *, assume_scheme: str = "https", **kwargs: Any) -> None:
        super().__init__(assume_scheme=assume_scheme, **kwargs)

    def to_python(self, value: Any) -> Any:
        written = super().to_python(cleaned(value, one_line=True) if isinstance(value, str) else value)
        return host_names.address_in_ascii(written) if isinstance(written, str) else written


class _SortedChoiceIterator(ModelChoiceIterator):  # type: ignore[type-arg]  # takes none when it runs
    def __iter__(self) -> Iterator[Any]:
        choices = list(super().__iter__())
        empty = choices[:1] if self.field.empty_label is not None else []
        yield from [*empty, *sorted_by_name(choices[len(empty) :], lambda choice: str(choice[1]))]


class _SelectWithLanguages(forms.Select):
    """Says the language of a choice that is in another one than the page."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **options)
        if language := other_language(label):
            option["attrs"]["lang"] = language
        return option


class SortedChoiceField(forms.ModelChoiceField[Any]):
    """Chooses a row; the choices are sorted by name in the reader's alphabet. `text_of` reads a name by language."""

    iterator = _SortedChoiceIterator
    widget = _SelectWithLanguages

    def __init__(self, *, text_of: Callable[[Any], LanguageText] | None = None, **options: Any) -> None:
        super().__init__(**{"empty_label": NOTHING_SELECTED, **options})
        self._text_of = text_of

    def label_from_instance(self, row: Any) -> Any:
        return super().label_from_instance(row) if self._text_of is None else in_language(self._text_of(row))


class SortedMultipleChoiceField(forms.ModelMultipleChoiceField[Any]):
    iterator = _SortedChoiceIterator


class Filter(forms.Form):
    """Filters are in the URL, where anything may be written: an invalid value is ignored, without an error."""

    def value_of(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


def words_field(label: object, placeholder: object) -> LineField:
    """To search a list for words."""
    widget = forms.TextInput(attrs={"type": "search", "placeholder": placeholder})
    return LineField(label=label, required=False, max_length=100, widget=widget)  # type: ignore[arg-type]

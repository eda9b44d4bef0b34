"""What is wrong with a form that was sent, in one place above it, each with a link to its field."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django import template
from django.forms import BaseForm, BaseFormSet, BoundField

register = template.Library()


@dataclass(frozen=True)
class FieldError:
    target: str  # id of the element to fix
    label: str
    message: str


@dataclass
class ErrorSummary:
    general: list[str] = field(default_factory=list)
    fields: list[FieldError] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.general or self.fields)


@register.simple_tag
def summary_of(form: BaseForm | None, *formsets: BaseFormSet[BaseForm] | str) -> ErrorSummary:
    """In the order of the page. Of a form with one field only what is not about it: the field's own error is enough."""
    found = ErrorSummary()
    lists = [one for one in formsets if isinstance(one, BaseFormSet)]
    is_short = not lists and form is not None and len(form.visible_fields()) == 1
    for each in [*([form] if form else []), *(one for formset in lists for one in formset)]:
        if each.is_bound and each.errors:
            found.general += [str(message) for message in each.non_field_errors()]
            found.fields += () if is_short else _errors_of(each)
    found.general += [str(message) for formset in lists for message in formset.non_form_errors()]
    return found


def _errors_of(form: BaseForm) -> Iterator[FieldError]:
    fields: Iterable[BoundField] = form
    for one in fields:
        for message in one.errors:
            yield FieldError(target_of(one), str(one.label), str(message))


def target_of(bound: BoundField) -> str:
    """The element that can be focused: of a group of choices the first."""
    return bound.id_for_label or f"{bound.auto_id}_0"

"""Django's form renderer, which writes the options of a select itself.

Django renders a template for each option and another one for its attributes; a list of all time zones took most of
the time of the pages that offer one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"
OPTION = "django/forms/widgets/select_option.html"


class FormRenderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        if template_name == SELECT and _has_plain_options(context["widget"]):
            return mark_safe("".join(_select(context["widget"])))  # noqa: S308 - each value is escaped
        return mark_safe(super().render(template_name, context, request))  # noqa: S308 - a template escaped it


def _has_plain_options(widget: Mapping[str, Any]) -> bool:
    return all(
        option["template_name"] == OPTION
        for _name, options, _index in widget["optgroups"]
        for option in options
    )


def _select(widget: Mapping[str, Any]) -> Iterator[str]:
    """The markup of Django's templates select.html, select_option.html and attrs.html."""
    yield f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>'
    for name, options, _index in widget["optgroups"]:
        if name:
            yield f'\n  <optgroup label="{conditional_escape(name)}">'
        for option in options:
            value, attributes = conditional_escape(str(option["value"])), _attributes(option["attrs"])
            label = conditional_escape(localize(option["label"]))
            yield f'\n  <option value="{value}"{attributes}>{label}</option>\n'
        if name:
            yield "\n  </optgroup>"
    yield "\n</select>"


def _attributes(given: Mapping[str, Any]) -> str:
    shown = ((name, value) for name, value in given.items() if value is not False)
    return "".join(
        f" {conditional_escape(name)}"
        if value is True
        else f' {conditional_escape(name)}="{conditional_escape(str(value))}"'
        for name, value in shown
    )

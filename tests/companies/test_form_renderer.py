"""Selects look as Django's own renderer makes them."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import TemplateDoesNotExist
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from companies.form_renderer import FormRenderer

CHOICES: list[Any] = [
    ("", "---------"),
    (1, "One"),
    ("a&b", "A & B <i>"),
    ('"quoted"', "“Quoted”"),
    ("safe", mark_safe("<b>bold</b>")),
    (None, gettext_lazy("Language")),
    (2.5, 2.5),
    ("Group & Co", [("x", "X"), ("y", 'Y "y"')]),
]


class Unusual(forms.Select):
    """An option with an attribute of its own; the template of options stays."""

    def create_option(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(*arguments, **options)
        option["attrs"] |= {
            "data-a": "<&>",
            "hidden": option["value"] == 1,
            "disabled": option["value"] == "x",
        }
        return option


@pytest.mark.parametrize("language", ["en", "de", "lt"])
@pytest.mark.parametrize("chosen", [None, "", 1, "a&b", "y", ["x", "1"]])
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple, Unusual])
def test_a_select_is_written_as_by_django(widget: type[forms.Select], chosen: Any, language: str) -> None:
    attributes = {"id": "id_x", "required": True, "hidden": False, "aria-label": 'The "x" & <y>'}
    here = widget(attrs={"class": "select"}, choices=CHOICES)
    with translation.override(language):
        written = [
            here.render("the-name", chosen, attributes, renderer=renderer)
            for renderer in (FormRenderer(), DjangoTemplates())
        ]
    assert written[0] == written[1]


def test_a_select_with_a_template_of_its_own_keeps_it() -> None:
    class Own(forms.Select):
        option_template_name = "no/such/template.html"

    with pytest.raises(TemplateDoesNotExist):
        Own(choices=CHOICES).render("x", None, renderer=FormRenderer())

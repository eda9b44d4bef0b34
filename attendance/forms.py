"""The filters of the attendance report."""

from django import forms
from django.utils.translation import gettext_lazy as _

from attendance.report import THRESHOLD
from companies.form_fields import Filter, LineField

SHARES = (10, 20, 25, 30, 33, 40, 60, 66, 70, 75, 80, 90, 100)


def _share(percent: int) -> str:
    return str(_("%(percent)s%% of the meeting") % {"percent": percent})


class AttendanceFilter(Filter):
    q = LineField(
        label=_("Search by name or company"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or company")}),
    )
    counted = forms.ChoiceField(
        label=_("Filter by attendance"),
        required=False,
        choices=[("", _("Everyone")), ("yes", _("Long enough")), ("no", _("Too short"))],
    )
    threshold = forms.TypedChoiceField(
        label=_("Minimum attendance to count"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: [("", _share(round(THRESHOLD * 100))), *((n, _share(n)) for n in SHARES)],
    )

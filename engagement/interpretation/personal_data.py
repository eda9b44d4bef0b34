"""Personal data of interpretation: who has a place in which channel. What happened in it is in the journal."""

from django.utils.translation import gettext_lazy as _

from companies.languages import language_name
from companies.personal_data import Column, Export, register, register_impersonal
from engagement.interpretation.models import ChannelInterpreter, InterpretationChannel


def register_all() -> None:
    register(
        ChannelInterpreter,
        "interpretation",
        export=Export(
            rows=lambda person: ChannelInterpreter.objects.filter(participant__person=person).select_related(
                "channel"
            ),
            columns=[
                Column("language", _("language"), lambda row: language_name(row.channel.language)),
                "since",
            ],
            title=_("Interpretation channels that you work in"),
        ),
        erase=lambda person, _now: ChannelInterpreter.objects.filter(participant__person=person).delete(),
        without={
            "participant": "the person",
            "channel": "its language stands for it",
            "is_on_air": "of the moment",
            "is_offered": "of the moment",
        },
    )
    register_impersonal("languages of a meeting", InterpretationChannel)

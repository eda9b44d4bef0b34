"""A field of a meeting is on the model, in the input, on the form and in the API: none is forgotten."""

from dataclasses import fields

from meetings.api.schemas import CLEARABLE, MeetingIn, MeetingOut, MeetingPatch
from meetings.forms import MeetingForm
from meetings.meeting_input import MeetingDetails
from meetings.models import Meeting

INPUT = {field.name for field in fields(MeetingDetails)}
BY_LANGUAGE = {"title", "description"}  # one form field for each language
ON_A_PAGE_OF_ITS_OWN = {"questions"}
PAGE_ALONE = {"reminders"}
OF_THE_CALLER = {"host_company"}
AS_ONE_INSTANT = {"local_day", "local_time"}  # `starts_at` in the API


def test_every_field_of_the_input_is_stored() -> None:
    assert {name for name in INPUT if not hasattr(Meeting, name)} == {"speakers", "questions"}


def test_every_field_of_the_input_is_on_the_form() -> None:
    assert INPUT - set(MeetingForm.base_fields) == BY_LANGUAGE | ON_A_PAGE_OF_ITS_OWN


def test_every_field_of_a_section_exists() -> None:
    in_sections = {name for names in MeetingForm.SECTIONS.values() for name in names}
    assert in_sections <= set(MeetingForm.base_fields)


def test_every_field_of_the_input_is_in_the_api() -> None:
    assert INPUT - set(MeetingIn.model_fields) == PAGE_ALONE | OF_THE_CALLER | AS_ONE_INSTANT
    assert INPUT - set(MeetingOut.model_fields) == PAGE_ALONE | AS_ONE_INSTANT | {"speakers", "room"}
    assert set(MeetingPatch.model_fields) == set(MeetingIn.model_fields)


def test_null_clears_only_what_may_be_empty() -> None:
    assert {"capacity", "programme"} == CLEARABLE

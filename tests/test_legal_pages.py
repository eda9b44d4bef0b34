"""Each sentence of the legal pages is held by a test: a new or changed one fails here until it says by which."""

import ast
import re
from pathlib import Path

import pytest
from csp.constants import NONCE
from django.conf import settings
from django.test import Client
from django.urls import reverse

from companies import process_cache
from tests.product_modules import APPS
from tools.translations import _texts_of

ROOT = Path(__file__).parent.parent
SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z])")

# What people keep, or the law.
OF_THE_OPERATOR = {
    "We follow the WCAG 2.2 guidelines at level AA.",
    "Ask the host for the slides in advance.",
    "Tell us which page and which device you’re using, and we’ll reply and help.",
    "You may also complain to the data protection authority of your country.",
    "We give your data to nobody else and sell nothing.",
    "Slides shown by a speaker have no description.",  # promises nothing
}
HELD_BY: dict[str, tuple[str, ...]] = {
    # privacy
    "What %(site_name)s stores about you, why, who can see it, and how to get a copy or have it erased.": (
        "test_every_column_is_exported_or_says_why_not",
    ),
    "We store your name, email address, company, country, language, time zone and your answers to the host’s "
    "questions.": ("test_every_column_is_exported_or_says_why_not",),
    "We need them to keep your registration, to send you emails at the right time in your language, and to let you "
    "in.": ("test_a_mail_is_whole_in_one_language",),
    "The host and the secretariat can see them.": (
        "test_strangers_see_no_drafts_and_no_meetings_for_members_or_invited_people",
    ),
    "If you get the newsletter: until you turn it off, and then as said above.": (
        "test_a_guest_who_gets_the_newsletter_stays_for_the_period_after_it_is_turned_off",
    ),
    "In the live room, others can see your name and company.": (
        "test_a_guest_gets_one_by_the_personal_link_and_may_choose_a_name",
    ),
    "We store your name and email address as the host entered them, and your answer, which the host sees.": (
        "test_every_column_is_exported_or_says_why_not",
    ),
    "If the host chose your company, they see your address only once you accept.": (
        "test_everybody_of_a_company_is_invited_and_their_addresses_stay_theirs",
    ),
    "We also store your job title, your picture if you upload one, whether you want reminders, and when, with which "
    "browser and from which IP address you signed in.": (
        "test_the_picture_is_in_it_and_goes_with_the_account",
        "test_the_page_names_each_browser_and_marks_this_one",
    ),
    "If you set them up, we store the public part of your passkeys, the secret of your authenticator app and the "
    "hashes of your API keys.": (
        "test_an_api_token_is_shown_once_and_only_its_hash_is_kept",
        "test_who_has_an_authenticator_app_is_asked_for_its_code_too",
    ),
    "If you answer in your calendar app, the host sees your answer and your comment.": (
        "test_hosts_see_answers_with_what_came_of_them",
    ),
    "What you write in reply to our emails is forwarded to the host or to the people who run this service, and "
    "deleted here after 30 days.": (
        "test_where_the_host_does_not_want_replies_the_operator_gets_them",
        "test_what_came_in_is_deleted_after_thirty_days_unless_it_still_has_to_be_forwarded",
    ),
    "If emails to you are returned, we store that for 90 days.": (
        "test_others_get_their_emails_and_after_a_time_the_address_is_tried_again",
    ),
    "If you turn on notifications in a browser, we store its name and the address and keys under which it can be "
    "reached, until you turn them off or sign out there.": (
        "test_a_browser_is_turned_on_listed_and_turned_off",
        "test_signing_out_ends_it_in_that_browser_alone",
        "test_privacy_names_notifications_only_where_they_are_on",
    ),
    "The browser’s maker delivers them and learns when, but not what they say.": (
        "test_a_reminder_arrives_beside_its_email_once_and_only_its_browser_can_read_it",
    ),
    "There are no passwords.": ("test_there_are_no_passwords",),
    "We store when you joined and left, which breakout room you were in, what you write in the chat and as live text, "
    "what you ask, how you vote, the slides, links and documents you share, how well audio and video reached you, and "
    "what hosts do in the room.": (
        "test_one_participant_per_person_and_one_presence_per_connection",
        "test_reports_add_up_in_the_row_of_the_connection",
    ),
    "For anonymous polls, we only store that you voted.": ("test_an_anonymous_poll_names_nobody_anywhere",),
    "The host can see who took part and for how long, by company and country, because public funding must be "
    "accounted for.": ("test_attendance_counts_the_country_of_the_company",),
    "In a project room, everyone from its companies can see who took part.": (
        "test_a_rooms_page_remembers_meetings_attendance_and_what_was_said",
    ),
    "What you write to a project that is looking for partners is read by those who lead it.": (
        "test_a_guest_confirms_the_address_and_it_is_shown_once_a_lead_answers",
    ),
    "They see your email address once they answer you.": (
        "test_a_guest_confirms_the_address_and_it_is_shown_once_a_lead_answers",
    ),
    "It is deleted after two years.": (
        "test_requests_that_nobody_confirmed_go_after_days_and_all_after_two_years",
    ),
    "What you write to a company is read by its people.": (
        "test_a_guest_confirms_the_address_and_it_is_shown_once_the_company_accepts",
    ),
    "They see your email address only if they accept; if they report the message, the people who run this service see "
    "both.": ("test_a_blocked_sender_is_told_when_writing_again_and_the_secretariat_gets_what_was_reported",),
    "It is deleted after two years, too.": (
        "test_requests_that_nobody_confirmed_go_after_days_and_all_after_two_years",
    ),
    "Audio and video are not stored unless the meeting is recorded.": (
        "test_only_a_live_meeting_is_recorded",
    ),
    "In small meetings, audio and video may go directly from browser to browser.": (
        "test_a_mesh_carries_six_cameras",
    ),
    "The browsers then see each other’s network addresses.": ("test_a_mesh_carries_six_cameras",),
    "You are told on the page before you register and in the room before you enter.": (
        "test_an_upcoming_meeting_shows_when_where_for_whom_and_how_many_seats_are_left",
        "test_a_speaker_may_speak_and_is_told_that_the_meeting_is_recorded",
    ),
    "A recording contains the audio and video of people on stage and what is shown there.": (
        "test_a_recording_is_started_and_stopped_in_the_room",
    ),
    "Captions for recordings are made from the audio by software that the people who run this service have chosen.": (
        "test_a_finished_recording_is_sent_whole_and_its_captions_are_marked",
        "test_privacy_names_the_speech_engine_only_where_there_is_one",
    ),
    "The recording’s page says so if nobody has checked them.": (
        "test_readers_are_told_until_a_host_has_checked_them",
    ),
    "Its page says who can watch it and until when.": ("test_each_recording_is_seen_by_whom_it_names",),
    "We store which emails were sent to you, when, and whether they were delivered to the mail server.": (
        "test_the_host_sees_the_delivery_report",
    ),
    "Reminders contain a link to stop them.": (
        "test_one_click_in_the_mail_program_ends_reminders_without_a_cookie",
    ),
    "Our emails contain no tracking pixels and no tracking links.": (
        "test_an_email_loads_nothing_and_counts_nobody",
    ),
    "What you write on the contact page is sent by email to the people who run this service, and deleted here after "
    "90 days.": (
        "test_a_message_arrives_at_the_contact_address_and_can_be_answered",
        "test_sent_messages_are_deleted_after_ninety_days_and_unsent_ones_are_kept",
    ),
    "We use a few small cookies: for your session, against forged forms, for messages shown once, for your language "
    "and for your time zone.": ("test_the_cookies_are_those_that_the_privacy_page_names",),
    "Your browser itself remembers your camera and microphone, the language, size and position of captions, a "
    "captioner’s language and abbreviations, the language of "
    "interpretation that you listen to and how loud the original is, your settings for shortcuts, "
    "for the layout of the room and saving data, for the sound of the waiting room and for live text with a screen "
    "reader, the breakout room you are in, and unsent drafts.": (
        "test_the_scripts_keep_in_the_browser_what_the_privacy_page_names",
    ),
    "Nothing is loaded from other sites, and nobody tracks you.": (
        "test_nothing_is_loaded_from_other_sites",
    ),
    "To find errors and stop misuse, the server logs each request: its time, page and result, the IP address, the "
    "browser, and the account if you are signed in.": ("test_logs_are_json_with_the_request_id",),
    "Hosts see the people who registered for and attended their meetings.": (
        "test_attendance_counts_each_person_once",
    ),
    "Everyone can read what companies write on their pages.": (
        "test_names_of_people_are_shown_to_members_only",
    ),
    "People from other companies see the names of a company’s admins.": (
        "test_names_of_people_are_shown_to_members_only",
    ),
    "The funder learns which companies took part.": ("test_attendance_counts_the_country_of_the_company",),
    "Your account: until you delete it.": (
        "test_nothing_of_the_person_is_left_but_the_address_for_the_last_emails",
    ),
    "If you have never signed in: until %(number)s months after your last meeting.": (
        "test_guests_go_two_years_after_their_last_meeting",
        "test_the_privacy_page_says_the_periods_of_the_settings",
    ),
    "Names in registrations and attendance: %(number)s years after the meeting.": (
        "test_attendance_is_kept_for_ten_years_and_then_without_people",
    ),
    "Company, country and minutes remain for the funder.": (
        "test_attendance_is_kept_for_ten_years_and_then_without_people",
    ),
    "Chat messages, questions, polls and what hosts did in a room: %(number)s months.": (
        "test_the_chat_goes_after_two_years",
        "test_questions_and_polls_go_after_two_years",
    ),
    "Which emails were sent to you: %(number)s months.": (
        "test_the_privacy_page_says_the_periods_of_the_settings",
    ),
    "We store the files that you upload to a project, what you write in its discussions, and your answers in its date "
    "polls.": ("test_every_column_is_exported_or_says_why_not",),
    "Its members can see them with your name.": (
        "test_a_file_is_uploaded_by_a_form_and_opened_by_everyone_in_the_project_alone",
        "test_a_discussion_is_started_answered_edited_and_deleted_with_a_trace",
        "test_a_page_takes_the_times_and_keeps_what_was_typed",
    ),
    "Files of a project: until they, or the project, are deleted.": (
        "test_a_file_is_deleted_by_who_added_it_or_a_lead_and_leaves_its_name_in_the_history",
        "test_when_the_term_is_over_everything_goes_but_that_people_met",
    ),
    "Discussions and date polls: until the project is deleted.": (
        "test_when_the_term_is_over_everything_goes_but_that_people_met",
    ),
    "Recordings: until the day that their page names.": ("test_a_recording_expires_at_an_instant",),
    'You can <a href="%(data_url)s">download everything that we keep about you</a> and <a href="%(delete_url)s">delete '
    "your account</a> yourself.": (
        "test_each_kind_has_a_page_and_a_file",
        "test_nothing_of_the_person_is_left_but_the_address_for_the_last_emails",
    ),
    "Before you confirm, the page says what is deleted and what remains.": (
        "test_nothing_of_the_person_is_left_but_the_address_for_the_last_emails",
    ),
    "No account, only registrations?": ("test_a_guest_signs_in_by_a_code_to_the_same_address",),
    "Sign in with the email address that you registered with: we send a code to it.": (
        "test_a_guest_signs_in_by_a_code_to_the_same_address",
    ),
    "Then both pages are open to you.": ("test_a_guest_signs_in_by_a_code_to_the_same_address",),
    "To have something corrected, to withdraw your consent, or if you cannot sign in, "
    '<a href="%(contact_url)s">write to us</a>.': ("test_the_contact_page_is_reached_from_every_page",),
    # accessibility
    "Everyone should be able to find a webinar, take part and watch it later.": (
        "test_every_page_of_the_matrix_has_no_fault",
    ),
    "You can use every page with the keyboard and a screen reader, on small screens, with large text, and in light or "
    "dark mode.": ("test_every_page_of_the_matrix_has_no_fault",),
    "Pages without live content also work without JavaScript.": (
        "test_a_signed_in_person_is_registered_at_once",
    ),
    "In the room, all controls have names, and the main ones have keyboard shortcuts: Ctrl+D for the microphone, "
    "Ctrl+E for the camera, Ctrl+Shift+H to raise your hand, Ctrl+Shift+/ for the list of shortcuts.": (
        "test_a_key_of_an_input_method_is_no_shortcut",
    ),
    "You can turn shortcuts off.": ("test_a_key_of_an_input_method_is_no_shortcut",),
    "Meetings have live captions if the host arranges a captioner, and so do their recordings.": (
        "test_captions_have_the_language_that_their_captioner_writes_in",
        "test_lines_become_captions_with_times_from_the_start_of_the_recording",
    ),
    'If something keeps you from taking part, <a href="%(contact_url)s">write to us</a>.': (
        "test_the_contact_page_is_reached_from_every_page",
    ),
}


def sentences_of(page: str) -> list[str]:
    """Without headings, which promise nothing."""
    source = ROOT / "templates" / "legal" / f"{page}.html"
    texts = [text.id if isinstance(text.id, str) else text.id[1] for text in _texts_of(source)]
    return [each for text in texts if text.endswith((".", "?")) for each in SENTENCE.split(text)]


def known_tests() -> set[str]:
    nodes = (
        node for path in (ROOT / "tests").rglob("test_*.py") for node in ast.walk(ast.parse(path.read_text()))
    )
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_sentence_is_held_by_a_test() -> None:
    written = {each for page in ("privacy", "accessibility") for each in sentences_of(page)}
    assert written - OF_THE_OPERATOR - set(HELD_BY) == set()
    assert set(HELD_BY) | OF_THE_OPERATOR == written


def test_the_tests_exist() -> None:
    there = known_tests()
    assert {name for names in HELD_BY.values() for name in names} - there == set()


def test_the_cookies_are_those_that_the_privacy_page_names() -> None:
    """Beside session, form token, messages and language, which Django sets, only that of the time zone."""
    sources = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    setting = [line for path in sources for line in path.read_text().splitlines() if ".set_cookie(" in line]
    assert [line.split("set_cookie(")[1].split(",")[0] for line in setting] == ["zones.COOKIE"]
    scripts = "".join(path.read_text() for path in (ROOT / "frontend" / "src").rglob("*.ts"))
    assert len(re.findall(r"document\.cookie = ", scripts)) == 1


def test_the_scripts_keep_in_the_browser_what_the_privacy_page_names() -> None:
    keeping = {
        path.relative_to(ROOT / "frontend" / "src").as_posix()
        for path in (ROOT / "frontend" / "src").rglob("*.ts")
        if re.search(r"\bwriteItem\(\"|indexedDB|caches\.", path.read_text())
    }
    devices, shortcuts, captions = "room/media.ts", "room/shortcuts.ts", "player/controls.ts"
    drafts = {"islands/drafts.ts", "room/features/chat/view.ts", "room/features/questions/view.ts"}
    sound_of_the_waiting_room, breakout_room = "room/knock.ts", "room/features/breakouts/client.ts"
    live_text = "room/features/realtime_text/view.ts"
    live_captions = "room/features/realtime_text/captions.ts"
    interpretation = "room/features/interpretation/client.ts"
    layout = "room/view-choice.ts"
    settings = {devices, shortcuts, captions, interpretation, layout, sound_of_the_waiting_room, live_text}
    settings.add(live_captions)
    assert keeping == {*settings, breakout_room, *drafts}
    scripts = (ROOT / "frontend" / "src").rglob("*.ts")
    outside = [path for path in scripts if path.name != "storage.ts" and not path.name.endswith(".test.ts")]
    assert not [path for path in outside if re.search(r"(local|session)Storage\.", path.read_text())]


def test_nothing_is_loaded_from_other_sites() -> None:
    allowed = {
        str(source)
        for sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values()
        for source in sources
    }
    own = {"'self'", "'none'", "data:", "blob:", str(NONCE)}
    elsewhere = {source for source in allowed - own if not source.startswith(("ws:", "wss:"))}
    assert elsewhere <= {str(settings.SITE_URL)}


def test_an_email_loads_nothing_and_counts_nobody() -> None:
    templates = [ROOT / "templates" / "notifications" / name for name in ("email.html", "paragraph.html")]
    assert not [path.name for path in templates if re.search(r"<(img|link|iframe)\b|url\(", path.read_text())]


@pytest.mark.django_db
def test_privacy_names_replies_only_where_they_are_read(client: Client, settings) -> None:
    words = "If you answer in your calendar app"
    settings.INBOUND_EMAIL_ADDRESS = ""
    assert words not in client.get(reverse("privacy")).content.decode()
    process_cache.clear_all()
    settings.INBOUND_EMAIL_ADDRESS = "replies@example.org"
    assert words in client.get(reverse("privacy")).content.decode()


@pytest.mark.django_db
def test_privacy_names_the_speech_engine_only_where_there_is_one(client: Client, settings) -> None:
    words = "Captions for recordings are made from the audio"
    settings.TRANSCRIPTION_URL = ""
    assert words not in client.get(reverse("privacy")).content.decode()
    process_cache.clear_all()
    settings.TRANSCRIPTION_URL = "http://speech:8000"
    assert words in client.get(reverse("privacy")).content.decode()


@pytest.mark.django_db
def test_privacy_names_notifications_only_where_they_are_on(client: Client, settings) -> None:
    words = "If you turn on notifications in a browser"
    settings.VAPID_PRIVATE_KEY = ""
    assert words not in client.get(reverse("privacy")).content.decode()
    process_cache.clear_all()
    settings.VAPID_PRIVATE_KEY = "a key"
    assert words in client.get(reverse("privacy")).content.decode()

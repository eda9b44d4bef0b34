"""The secretariat's own texts of emails: checked, looked at, tested, in use from then on, kept with their writers."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from notifications import editable_texts, editing_texts
from notifications.editable_texts import EDITABLE, PARTS
from notifications.editing_texts import UnableToUseText, WrittenText
from notifications.models import EmailText, Notification
from notifications.personal_data import delete_old_texts
from tests import factories as make
from tests.factories import NOW
from tests.notifications.conftest import parsed
from tests.notifications.test_dispatching import row
from tests.notifications.test_rendering import LANGUAGES, TITLES, written

pytestmark = pytest.mark.django_db
Kind = Notification.Kind
LIST = "/secretariat/emails/texts/"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def secretary():
    return make.secretariat(name="Rasa Petrauskienė", email="rasa@example.org", language="en")


@pytest.fixture
def page(client, secretary):
    client.force_login(secretary)
    return client


def address(kind=Kind.THANKS, language="en"):
    return f"{LIST}{kind.value}/{language}/"


def draft(page, kind=Kind.THANKS, language="en", **parts):
    return page.post(address(kind, language), {"do": "draft", **parts})


def use(page, kind=Kind.THANKS, language="en"):
    key = EmailText.objects.get(kind=kind, language=language, used_at=None).pk
    return page.post(address(kind, language), {"do": "use", "draft": key}, follow=True)


# ---- what readers get -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EDITABLE)
def test_every_kind_has_the_changed_text_in_its_language_and_the_standard_text_in_others(kind):
    plain = written(kind, language="sv")
    parts = {"introduction": "Välkommen till {site}.\n\nTa med {ost}.", "closing": "Vi ses <b>snart</b>."}
    if EDITABLE[kind].own("subject", "sv"):
        parts["subject"] = "Nytt ämne"
    make.email_text(kind=kind, language="sv", **parts)
    changed, other = written(kind, language="sv"), written(kind, language="de")
    assert "Välkommen till Southern Baltic Cleantech.\n\nTa med {ost}." in changed.text
    assert "Vi ses <b>snart</b>." in changed.text
    assert "Vi ses &lt;b&gt;snart&lt;/b&gt;." in changed.html
    assert changed.text.index("Vi ses") < changed.text.index("\n-- \n")
    assert changed.subject == parts.get("subject", plain.subject)
    own = EDITABLE[kind].own("introduction", "sv")
    assert not own or own.split("{")[0] not in changed.text
    assert not any(words in other.subject + other.text for words in ("Nytt ämne", "Välkommen", "Vi ses"))


def test_variables_say_what_the_email_is_about_in_the_readers_language_and_zone():
    make.email_text(
        kind="confirmation",
        language="da",
        subject="{title} hos {host}, {when}",
        introduction="Vi ses {when} på {site}.",
    )
    mail = written(Kind.CONFIRMATION, language="da", timezone="Europe/Vilnius", meeting={"title": TITLES})
    assert mail.subject.startswith(TITLES["da"])
    assert mail.subject.endswith(", 14. jan. 2027, 11.00")
    assert "Vi ses torsdag 14. januar 2027, 11.00 på Southern Baltic Cleantech." in mail.text


def test_a_title_in_braces_is_no_variable():
    make.email_text(kind="thanks", closing="{title}: {host}")
    mail = written(Kind.THANKS, meeting={"title": {"en": "{host} {site} {}"}})
    assert "{host} {site} {}: " in mail.text


@given(st.text(max_size=200))
def test_nothing_but_a_variable_is_replaced(text):
    values = {"title": "Heat"}
    plain = text.replace("{title}", "")
    assert editable_texts._with(plain, values) == plain.replace("{title}", "Heat")


def test_the_missed_who_hear_only_of_the_recording_get_the_text_of_that_email():
    make.email_text(kind="missed", closing="Come next time.")
    make.email_text(kind="recording", closing="Enjoy watching.")
    mail = written(Kind.MISSED, meeting={"follow_ups": False})
    assert "Enjoy watching." in mail.text
    assert "Come next time." not in mail.text


def test_a_batch_reads_the_texts_once(send, mailer):
    make.email_text(closing="See you again.")

    def asked(count):
        for _ in range(count):
            row(Kind.THANKS)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            send(NOW)
        return sum('FROM "notifications_emailtext"' in one["sql"] for one in captured.captured_queries)

    assert asked(1) == asked(5) == 1
    assert all("See you again." in mail.text for mail in mailer.mails)
    assert len(mailer.mails) == 6


# ---- writing it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "parts", "field", "words"),
    [
        (Kind.THANKS, {"subject": "Thanks"}, "subject", "Keep this variable: {title}"),
        (Kind.OFFER, {"introduction": "A seat is yours."}, "introduction", "Keep this variable: {until}"),
        (Kind.THANKS, {"closing": "Until {until}"}, "closing", "doesn’t have these variables: {until}"),
        (Kind.THANKS, {"closing": "{title.__class__} {0}"}, "closing", "{title.__class__} {0}"),
        (
            Kind.THANKS,
            {"introduction": "{{ title }}"},
            "introduction",
            "doesn’t have these variables: { title }",
        ),
        (Kind.THANKS, {"closing": "{title"}, "closing", "doesn’t have these variables: {."),
        (Kind.COLLEAGUE_ADDED, {"subject": "{title} {company}"}, "subject", "You can use: {company} {site}"),
        (Kind.THANKS, {"closing": "x" * 2001}, "closing", "2000"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_stays_there(page, kind, parts, field, words):
    answer = draft(page, kind, **parts)
    assert answer.status_code == 422
    (error,) = answer.context["form"].errors[field]
    assert words in error
    assert answer.context["form"][field].value() == parts[field]
    assert not EmailText.objects.exists()


def test_a_draft_is_sent_to_nobody_until_it_is_used(page, secretary):
    assert draft(page, subject="Thank you: {title}", closing="See you.").status_code == 302
    assert "See you." not in written(Kind.THANKS).text
    shown = page.get(address())
    assert "See you." in shown.context["mail"].text
    assert "This is a draft" in shown.text
    assert "Emails sent from now on" in use(page).text
    assert "See you." in written(Kind.THANKS).text
    (version,) = page.get(address()).context["page"]
    assert (version.written_by, version.used_at) == (secretary, NOW)


def test_only_what_was_looked_at_is_used(page):
    draft(page, closing="First.")
    first = EmailText.objects.get()
    draft(page, closing="Second.")
    answer = page.post(address(), {"do": "use", "draft": first.pk}, follow=True)
    assert "changed or put into use in the meantime" in answer.text
    assert not EmailText.objects.in_use().exists()


def test_what_a_colleague_has_written_meanwhile_is_shown_before_it_is_overwritten(page):
    seen = page.get(address()).context["form"].read_version
    draft(page, closing="Theirs.")
    late = draft(page, closing="Mine.", read_version=seen)
    assert late.status_code == 422
    assert EmailText.objects.get().closing == "Theirs."
    again = late.context["form"].read_version
    assert draft(page, closing="Mine.", read_version=again).status_code == 302


def test_an_emptied_or_unchanged_field_is_the_standard_text_also_when_that_improves(page):
    form = page.get(address(Kind.OFFER)).context["form"]
    assert form["subject"].value() == "A seat is available: {title}"
    assert form["introduction"].value() == "We’re holding it for you until {until} (your time)."
    unchanged = {name: form[name].value() for name in ("subject", "introduction")}
    draft(page, Kind.OFFER, **unchanged, closing="Hurry.")
    text = EmailText.objects.get()
    assert (text.subject, text.introduction, text.closing) == ("", "", "Hurry.")
    use(page, Kind.OFFER)
    draft(page, Kind.OFFER, subject="", introduction="", closing="")
    use(page, Kind.OFFER)
    assert "Hurry." not in written(Kind.OFFER).text
    assert "holding it for you until" in written(Kind.OFFER).text
    assert "Emails in this language use the standard text." in page.get(address(Kind.OFFER)).text
    assert EmailText.objects.count() == 2  # the history


def test_a_deleted_draft_leaves_what_is_in_use(page):
    draft(page, closing="One.")
    use(page)
    draft(page, closing="Two.")
    page.post(address(), {"do": "discard", "draft": EmailText.objects.get(used_at=None).pk})
    assert page.get(address()).context["form"]["closing"].value() == "One."


def test_the_list_says_which_languages_are_changed_or_drafted(page):
    make.email_text(kind="thanks", language="sv", closing="Vi ses.")
    make.email_text(kind="thanks", language="pl")
    draft(page, Kind.THANKS, "lt", closing="Iki.")
    rows = dict(page.get(LIST).context["rows"])
    assert [code for code, changed, _draft in rows[Kind.THANKS] if changed] == ["sv"]
    assert [code for code, _changed, is_draft in rows[Kind.THANKS] if is_draft] == ["lt"]
    assert not any(changed for _code, changed, _draft in rows[Kind.OFFER])


def test_a_subject_that_says_what_happened_cannot_be_changed(page):
    assert "subject" not in page.get(address(Kind.WITHDRAWN)).context["form"].fields
    draft(page, Kind.WITHDRAWN, subject="Bye", closing="See you.")
    assert EmailText.objects.get().subject == ""
    with pytest.raises(UnableToUseText):
        editing_texts.write_draft(
            kind=Kind.WITHDRAWN,
            language="en",
            written=WrittenText(subject="{title}"),
            by=make.secretariat(),
            now=NOW,
        )


@pytest.mark.parametrize("kind", ["host_message", "contact", "nothing"])
def test_other_emails_have_no_such_page(page, kind):
    assert page.get(f"{LIST}{kind}/en/").status_code == 404
    assert page.get(f"{LIST}thanks/fr/").status_code == 404


# ---- looking at it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "lt"])
@pytest.mark.parametrize("kind", EDITABLE)
def test_each_kind_is_shown_about_something_real_without_a_working_link(page, kind, language):
    about = row(kind)
    count = Notification.objects.count()
    answer = page.get(address(kind, language))
    mail = answer.context["mail"]
    assert mail.language == language
    assert "{" not in mail.subject + mail.text
    if about.meeting and about.meeting.state != "cancelled":
        assert about.meeting.title["en"] in mail.text
    assert "/j/hidden" in mail.text or "/j/" not in mail.text
    assert "/unsubscribe/hidden" in mail.text or "/unsubscribe/" not in mail.text
    html = page.get(f"{address(kind, language)}?part=html")
    assert html.text.startswith("<!doctype html>")
    assert html["Content-Security-Policy"].startswith("sandbox")
    assert Notification.objects.count() == count


def test_a_project_room_of_others_is_not_shown(page, secretary):
    of_others = make.room(companies=[make.company(name="Secret AB")]).project
    of_others.title, of_others.purpose = {"en": "Merger"}, {"en": "Bid for X"}
    of_others.save()
    text = page.get(address(Kind.PROJECT_ROOM)).context["mail"].text
    assert "Example" in text
    assert not [word for word in ("Merger", "Bid for X", "Secret AB", of_others.pk) if word in text]
    secretary.company = make.company(name="Own AB")
    secretary.save()
    make.room(companies=[secretary.company])
    text = page.get(address(Kind.PROJECT_ROOM)).context["mail"].text
    assert "Harbour heat" in text
    assert "Own AB" in text


def test_where_there_is_nothing_to_show_the_page_says_so(page):
    assert "No preview yet" in page.get(address(Kind.THANKS)).text
    assert page.get(f"{address(Kind.THANKS)}?part=html").status_code == 404
    draft(page, closing="See you.")
    use(page)
    assert EmailText.objects.in_use().get().closing == "See you."


def test_a_test_goes_to_oneself_alone_in_the_language_of_the_text(page, mail_dir):
    row(Kind.THANKS)
    draft(page, Kind.THANKS, "sv", closing="Vi ses snart igen.")
    answer = page.post(address(Kind.THANKS, "sv"), {"do": "test"}, follow=True)
    assert "rasa@example.org" in answer.text
    (file,) = mail_dir.rglob("*.eml")
    mail = parsed(file.read_bytes())
    assert "rasa@example.org" in mail["To"]
    assert mail["Content-Language"] == "sv"
    assert "Vi ses snart igen." in mail.get_body(("plain",)).get_content()


def test_the_example_in_a_readers_language_leaves_their_own_as_it_was(page, secretary):
    row(Kind.THANKS)
    page.get(address(Kind.THANKS, "sv"))
    secretary.refresh_from_db()
    assert secretary.language == "en"


# ---- keeping it -------------------------------------------------------------------------------------------


def test_former_texts_go_after_a_year_and_the_one_in_use_stays():
    old = NOW - timedelta(days=400)
    for closing in ("One.", "Two."):
        make.email_text(closing=closing, written_at=old, used_at=old)
    make.email_text(kind="offer", used_at=None, written_at=old)
    make.email_text(kind="offer", language="sv", used_at=None)
    assert delete_old_texts(NOW, 10) == 2
    assert set(EmailText.objects.values_list("closing", "kind")) == {("Two.", "thanks"), ("", "offer")}


def test_standard_texts_have_the_variables_that_they_must_keep():
    for kind, editable in EDITABLE.items():
        for language in LANGUAGES:
            own = WrittenText(**{part: editable.own(part, language) for part in PARTS})
            assert editing_texts.problems(kind, language, own) == {}, (kind, language)


def test_the_page_asks_no_more_with_a_longer_history(page):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert page.get(address()).status_code == 200
        return len(captured)

    row(Kind.THANKS)
    make.email_text(closing="One.", written_by=make.secretariat())
    few = asked()
    for number in range(30):
        make.email_text(closing=f"No {number}.", written_by=make.secretariat())
    assert asked() == few


def test_the_pages_link_to_each_other(page):
    assert f'href="{LIST}"' in page.get(reverse("outbox")).text
    assert f'href="{address(Kind.OFFER, "lt")}"' in page.get(LIST).text

"""URLs of the pages that show several apps at once."""

from django.urls import URLPattern, path

from portal.views import (
    chat,
    confirmations,
    contact,
    feeds,
    invitations,
    live_questions,
    my_meetings,
    polls,
    programmes,
    registrations,
    rooms,
    schedule,
    secretariat,
)

urlpatterns: list[URLPattern] = [
    path("schedule/", schedule.schedule_page, name="schedule"),
    path("meetings/<slug:meeting_id>/", schedule.meeting_page, name="meeting"),
    path("series/<slug:series_id>/", programmes.series_page, name="series"),
    path("programmes/", programmes.programmes_page, name="programmes"),
    path("programmes/<slug:slug>/", programmes.programme_page, name="programme"),
    path("series/<slug:series_id>/register/", programmes.register_for_series, name="register_for_series"),
    path("secretariat/", secretariat.secretariat_page, name="secretariat"),
    path("contact/", contact.contact, name="contact"),
    path("contact/sent/", contact.contact_sent, name="contact_sent"),
    path("my/meetings/", my_meetings.my_meetings, name="my_meetings"),
    path("meetings/<slug:meeting_id>/polls/", polls.polls_page, name="polls"),
    path("meetings/<slug:meeting_id>/polls.csv", polls.polls_csv, name="polls_csv"),
    path("meetings/<slug:meeting_id>/polls/new/", polls.new_poll, name="new_poll"),
    path("meetings/<slug:meeting_id>/polls/<slug:poll_id>/edit/", polls.edit_poll, name="edit_poll"),
    path("meetings/<slug:meeting_id>/polls/<slug:poll_id>/delete/", polls.delete_poll, name="delete_poll"),
    path(
        "meetings/<slug:meeting_id>/polls/<slug:poll_id>/again/", polls.use_poll_again, name="use_poll_again"
    ),
    path("meetings/<slug:meeting_id>/polls/<slug:poll_id>/page/", polls.poll_on_page, name="poll_on_page"),
    path(
        "meetings/<slug:meeting_id>/polls/<slug:poll_id>/ballots.csv", polls.ballots_csv, name="ballots_csv"
    ),
    path("meetings/<slug:meeting_id>/register/", registrations.register, name="register"),
    path(
        "meetings/<slug:meeting_id>/confirmation/",
        confirmations.lost_confirmation,
        name="lost_confirmation",
    ),
    path(
        "registrations/<slug:registration_id>/resend/",
        confirmations.resend_confirmation,
        name="resend_confirmation",
    ),
    path("j/<str:token>/", registrations.personal_link, name="personal_link"),
    path("registrations/<slug:registration_id>/", registrations.registration_page, name="registration"),
    path(
        "registrations/<slug:registration_id>/answers/",
        registrations.registration_answers,
        name="registration_answers",
    ),
    path("registrations/<slug:registration_id>/withdraw/", registrations.withdraw, name="withdraw"),
    path("registrations/<slug:registration_id>/accept/", registrations.accept_offer, name="accept_offer"),
    path(
        "registrations/<slug:registration_id>/confirm/",
        registrations.confirm_registration,
        name="confirm_registration",
    ),
    path("invitations/<slug:invitation_id>/", invitations.invitation_page, name="invitation"),
    path("invitations/<slug:invitation_id>/accept/", invitations.accept, name="accept_invitation"),
    path("invitations/<slug:invitation_id>/decline/", invitations.decline, name="decline_invitation"),
    path("meetings/<slug:meeting_id>/questions/", live_questions.questions_page, name="live_questions"),
    path("meetings/<slug:meeting_id>/questions.csv", live_questions.questions_csv, name="live_questions_csv"),
    path(
        "meetings/<slug:meeting_id>/questions/settings/",
        live_questions.question_settings,
        name="question_settings",
    ),
    path(
        "meetings/<slug:meeting_id>/questions/<slug:question_id>/answer/",
        live_questions.answer_question,
        name="answer_question",
    ),
    path(
        "meetings/<slug:meeting_id>/questions/<slug:question_id>/dismiss/",
        live_questions.dismiss_question,
        name="dismiss_question",
    ),
    path("rooms/<slug:room_id>/", rooms.room_page, name="room"),
    path("sound-check/", rooms.sound_check, name="sound_check"),
    path("meetings/<slug:meeting_id>/calendar.ics", feeds.meeting_calendar, name="meeting_calendar"),
    path("calendar/<str:secret>.ics", feeds.calendar_feed, name="calendar_feed"),
    path("meetings/<slug:meeting_id>/chat.csv", chat.chat_csv, name="chat_csv"),
    path("meetings/<slug:meeting_id>/chat.txt", chat.chat_text, name="chat_text"),
]

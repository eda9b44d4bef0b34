"""Addresses of meetings and registrations."""

from django.urls import URLPattern, path

from meetings.views import feeds, hosting, registrations, rooms

urlpatterns: list[URLPattern] = [
    path("meetings/<slug:meeting_id>/register/", registrations.register, name="register"),
    path("j/<str:token>/", registrations.personal_link, name="personal_link"),
    path("registrations/<slug:registration_id>/", registrations.registration_page, name="registration"),
    path("registrations/<slug:registration_id>/withdraw/", registrations.withdraw, name="withdraw"),
    path("registrations/<slug:registration_id>/accept/", registrations.accept_offer, name="accept_offer"),
    path(
        "registrations/<slug:registration_id>/confirm/",
        registrations.confirm_registration,
        name="confirm_registration",
    ),
    path("schedule/new/", hosting.new_meeting, name="new_meeting"),
    path("meetings/<slug:meeting_id>/edit/", hosting.edit_meeting, name="edit_meeting"),
    path("meetings/<slug:meeting_id>/host/", hosting.host_page, name="host_meeting"),
    path("meetings/<slug:meeting_id>/publish/", hosting.publish_meeting, name="publish_meeting"),
    path("meetings/<slug:meeting_id>/cancel/", hosting.cancel_meeting, name="cancel_meeting"),
    path("meetings/<slug:meeting_id>/start/", hosting.start_meeting, name="start_meeting"),
    path("meetings/<slug:meeting_id>/end/", hosting.end_meeting, name="end_meeting"),
    path("meetings/<slug:meeting_id>/extend/", hosting.extend_meeting, name="extend_meeting"),
    path("meetings/<slug:meeting_id>/registrations.csv", hosting.registrations_csv, name="registrations_csv"),
    path(
        "registrations/<slug:registration_id>/approve/",
        hosting.approve_registration,
        name="approve_registration",
    ),
    path(
        "registrations/<slug:registration_id>/refuse/",
        hosting.refuse_registration,
        name="refuse_registration",
    ),
    path(
        "meetings/<slug:meeting_id>/unconfirmed/remove/",
        hosting.remove_unconfirmed,
        name="remove_unconfirmed",
    ),
    path("rooms/<slug:room_id>/", rooms.room_page, name="room"),
    path("sound-check/", rooms.sound_check, name="sound_check"),
    path("meetings/<slug:meeting_id>/calendar.ics", feeds.meeting_calendar, name="meeting_calendar"),
    path("calendar/<str:secret>.ics", feeds.calendar_feed, name="calendar_feed"),
]

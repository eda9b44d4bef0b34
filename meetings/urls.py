"""Addresses of meetings, registrations and rooms."""

from django.urls import URLPattern, URLResolver, path

from meetings import webhooks
from meetings.views import (
    attendance,
    feeds,
    hosting,
    mine,
    programmes,
    project_rooms,
    registrations,
    rooms,
    schedule,
    tickets,
)

urlpatterns: list[URLPattern | URLResolver] = [
    # finding
    path("schedule/", schedule.schedule_page, name="schedule"),
    path("meetings/<slug:meeting_id>/", schedule.meeting_page, name="meeting"),
    path("series/<slug:series_id>/", programmes.series_page, name="series"),
    path("programmes/", programmes.programmes_page, name="programmes"),
    path("programmes/<slug:slug>/", programmes.programme_page, name="programme"),
    path("series/<slug:series_id>/register/", programmes.register_for_series, name="register_for_series"),
    # registering
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
    path("my/meetings/", mine.my_meetings, name="my_meetings"),
    # hosting
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
    path("meetings/<slug:meeting_id>/attendance/", attendance.attendance_page, name="attendance"),
    path("meetings/<slug:meeting_id>/attendance.csv", attendance.attendance_csv, name="attendance_csv"),
    # rooms
    path("rooms/<slug:room_id>/", rooms.room_page, name="room"),
    path("rooms/<slug:room_id>/ticket/", tickets.room_ticket, name="room_ticket"),
    path("sound-check/", rooms.sound_check, name="sound_check"),
    path("project-rooms/", project_rooms.project_rooms_page, name="project_rooms"),
    path("project-rooms/new/", project_rooms.new_project_room, name="new_project_room"),
    path("project-rooms/<slug:room_id>/", project_rooms.project_room_page, name="project_room"),
    # calendars
    path("meetings/<slug:meeting_id>/calendar.ics", feeds.meeting_calendar, name="meeting_calendar"),
    path("calendar/<str:secret>.ics", feeds.calendar_feed, name="calendar_feed"),
    # the media server
    path("webhooks/livekit/", webhooks.livekit_webhook, name="livekit_webhook"),
]

"""Addresses of pages that show several apps at once."""

from django.urls import URLPattern, path

from portal.views import my_meetings, programmes, schedule

urlpatterns: list[URLPattern] = [
    path("schedule/", schedule.schedule_page, name="schedule"),
    path("meetings/<slug:meeting_id>/", schedule.meeting_page, name="meeting"),
    path("series/<slug:series_id>/", programmes.series_page, name="series"),
    path("programmes/", programmes.programmes_page, name="programmes"),
    path("programmes/<slug:slug>/", programmes.programme_page, name="programme"),
    path("series/<slug:series_id>/register/", programmes.register_for_series, name="register_for_series"),
    path("my/meetings/", my_meetings.my_meetings, name="my_meetings"),
]

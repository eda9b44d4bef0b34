"""URLs of the attendance report."""

from django.urls import URLPattern, path

from attendance.views import attendance

urlpatterns: list[URLPattern] = [
    path("meetings/<slug:meeting_id>/attendance/", attendance.attendance_page, name="attendance"),
    path("meetings/<slug:meeting_id>/attendance.csv", attendance.attendance_csv, name="attendance_csv"),
]

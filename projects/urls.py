"""URLs of project rooms."""

from django.urls import URLPattern, path

from projects.views import project_rooms

urlpatterns: list[URLPattern] = [
    path("project-rooms/", project_rooms.project_rooms_page, name="project_rooms"),
    path("project-rooms/new/", project_rooms.new_project_room, name="new_project_room"),
    path("project-rooms/<slug:room_id>/", project_rooms.project_room_page, name="project_room"),
]

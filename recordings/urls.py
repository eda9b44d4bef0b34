"""URLs of recordings and uploads."""

from django.urls import URLPattern, path

from recordings.views import files, premiere, recordings, uploads

urlpatterns: list[URLPattern] = [
    path("recordings/", recordings.recordings_page, name="recordings"),
    path("recordings/<slug:recording_id>/", recordings.recording_page, name="recording"),
    path("recordings/<slug:recording_id>/file/", files.recording_file, name="recording_file"),
    path("recordings/<slug:recording_id>/poster/", files.recording_poster, name="recording_poster"),
    path(
        "recordings/<slug:recording_id>/captions/<slug:language>.vtt",
        files.recording_captions,
        name="recording_captions",
    ),
    path("recordings/<slug:recording_id>/edit/", recordings.edit_recording, name="edit_recording"),
    path("recordings/<slug:recording_id>/publish/", recordings.publish_recording, name="publish_recording"),
    path(
        "recordings/<slug:recording_id>/unpublish/",
        recordings.unpublish_recording,
        name="unpublish_recording",
    ),
    path("recordings/<slug:recording_id>/delete/", recordings.delete_recording, name="delete_recording"),
    path("meetings/<slug:meeting_id>/upload/", recordings.upload_recording, name="upload_recording"),
    path("meetings/<slug:meeting_id>/films/", premiere.films_page, name="premiere_films"),
    path("films/<str:ticket>/", files.premiere_file, name="premiere_file"),
    path("films/<str:ticket>/<slug:language>.vtt", files.premiere_captions, name="premiere_captions"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/<slug:upload_id>/", uploads.upload, name="upload"),
]

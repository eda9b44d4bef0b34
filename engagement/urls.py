"""URLs of files that people in a room see."""

from django.urls import URLPattern, path

from engagement.views import captions, slides

urlpatterns: list[URLPattern] = [
    path("slides/<str:ticket>/<str:size>.webp", slides.slide_picture, name="slide_picture"),
    path("captions/<str:token>/", captions.caption_link, name="caption_link"),
    path("slides/<str:ticket>/file.pdf", slides.slides_download, name="slides_download"),
]

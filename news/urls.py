"""URLs of the news and of the operator's pages."""

from django.urls import URLPattern, URLResolver, path

from news import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("news/", views.news_page, name="news"),
    path("news/feed/", views.news_feed, name="news_feed"),
    path("news/pictures/<str:file_name>", views.news_picture, name="news_picture"),
    path("news/<int:year>/", views.news_year, name="news_year"),
    path("news/<slug:slug>/", views.article_page, name="article"),
    path("privacy/", views.privacy, name="privacy"),
    path("imprint/", views.imprint, name="imprint"),
    path("accessibility/", views.accessibility, name="accessibility"),
]

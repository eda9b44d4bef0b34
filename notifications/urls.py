"""Addresses of what is told: the trial's mailbox and the way out of reminders."""

from django.urls import URLPattern, URLResolver, path

from notifications import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<str:name>/", views.mail, name="mail"),
    path("meetings/<slug:meeting_id>/told/", views.delivery_report_page, name="delivery_report"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]

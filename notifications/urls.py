"""URLs of the trial's mailbox, unsubscribing and the delivery report."""

from django.urls import URLPattern, URLResolver, path

from notifications import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<str:name>/", views.mail, name="mail"),
    path("meetings/<slug:meeting_id>/told/", views.delivery_report_page, name="delivery_report"),
    path("meetings/<slug:meeting_id>/told/people/", views.delivery_recipients, name="delivery_recipients"),
    path("secretariat/messages/", views.contact_messages, name="contact_messages"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]

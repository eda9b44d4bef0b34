"""URLs of contact between companies."""

from django.urls import URLPattern, path

from matchmaking.views import contact_requests

urlpatterns: list[URLPattern] = [
    path("contact-requests/", contact_requests.contact_requests, name="contact_requests"),
    path(
        "contact-requests/blocked/<int:blocked_id>/",
        contact_requests.unblock_contact,
        name="unblock_contact",
    ),
    path("contact-requests/<slug:request_id>/", contact_requests.contact_request, name="contact_request"),
    path("contact-requests/<slug:request_id>/block/", contact_requests.block_contact, name="block_contact"),
]

"""All URLs. Each must be in the permission matrix, or the tests fail."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from portal.views import home, rooms, schedule
from webinar_service import health
from webinar_service.api import api

# The administration uses the same sign-in as everything else.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    # What many open within the same seconds comes first: patterns are tried one after the other.
    path("", home.home, name="home"),
    path("meetings/<slug:meeting_id>/", schedule.meeting_page, name="meeting"),
    path("rooms/<slug:room_id>/", rooms.room_page, name="room"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    # Requested by clients that do not read <link rel="icon">.
    path("favicon.ico", RedirectView.as_view(url=static("mark.svg")), name="favicon"),
    path("api/v1/", api.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("companies.account_urls")),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("companies.urls")),
    path("", include("rooms.urls")),
    path("", include("engagement.urls")),
    path("", include("meetings.urls")),
    path("", include("attendance.urls")),
    path("", include("projects.urls")),
    path("", include("matchmaking.urls")),
    path("", include("portal.urls")),
    path("", include("recordings.urls")),
    path("", include("notifications.urls")),
    path("", include("news.urls")),
]

handler404 = "webinar_service.errors.not_found"
handler403 = "webinar_service.errors.forbidden"
handler500 = "webinar_service.errors.server_error"

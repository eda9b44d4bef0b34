"""What search engines may read, and where it is."""

from django.contrib.sitemaps import views as sitemap_views
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from companies import public_page
from portal.views.sitemaps import SITEMAPS

# Nobody is helped by finding these: they are a person's own, for hosts, or links that emails carry.
PRIVATE = (
    "/account/",
    "/actions/",
    "/admin/",
    "/api/",
    "/calendar/",
    "/done/",
    "/i18n/",
    "/invitations/",
    "/j/",
    "/my/",
    "/projects/",
    "/registrations/",
    "/rooms/",
    "/secretariat/",
    "/unsubscribe/",
)


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """At the address of this installation, whichever of its names was asked for."""
    files = []
    for section, kind in SITEMAPS.items():
        site = kind()
        file, changed = public_page.address(reverse("sitemap", args=[section])), site.get_latest_lastmod()
        pages = [file, *(f"{file}?p={page}" for page in range(2, site.paginator.num_pages + 1))]
        files += [{"location": page, "last_mod": changed} for page in pages]
    return render(request, "sitemap_index.xml", {"sitemaps": files}, content_type="application/xml")


@require_safe
def sitemap(request: HttpRequest, section: str) -> HttpResponseBase:
    return sitemap_views.sitemap(request, {**SITEMAPS}, section=section)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """RFC 9309."""
    refused = "".join(f"Disallow: {path}\n" for path in PRIVATE)
    where = public_page.address(reverse("sitemap_index"))
    return HttpResponse(
        f"User-agent: *\n{refused}\nSitemap: {where}\n", content_type="text/plain; charset=utf-8"
    )

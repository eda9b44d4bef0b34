"""Operations on published project sheets: projects that look for partners."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from api.auth import Scope
from api.paging import Page, PageQuery, page
from companies.api.schemas import strip_nul
from meetings.api.schemas import absolute_url
from projects import access
from projects.models import PublishedSheet

router = Router(tags=["projects"])


class SheetOut(Schema):
    id: str
    title: dict[str, str]
    aim: dict[str, str]
    sought: dict[str, str] = Field(description="whom the project is looking for")
    partners: str = Field(description="those so far")
    countries: list[str] = Field(description="two-letter ISO 3166 codes")
    budget: dict[str, str]
    call: dict[str, str] = Field(description="the call for proposals")
    deadline: date | None
    published_at: datetime
    url: str = Field(description="the page on which to write to the project")


@router.get(
    "",
    response=Page[SheetOut],
    auth=Scope("projects:read"),
    summary="List projects that are looking for partners",
)
def list_sheets(request: HttpRequest, asked: Query[PageQuery]) -> dict[str, Any]:
    """As everyone can read them, the latest first."""
    return page(access.public_sheets(), asked, "-published_at", sheet_out)


@router.get("/{sheet_id}", response=SheetOut, auth=Scope("projects:read"), summary="Read a project sheet")
def read_sheet(request: HttpRequest, sheet_id: str) -> SheetOut:
    """As its project has published it; 404 once it has taken it back, or has ended."""
    return sheet_out(access.published_sheet(strip_nul(sheet_id)))


def sheet_out(sheet: PublishedSheet) -> SheetOut:
    return SheetOut(
        id=sheet.pk,
        title=sheet.title,
        aim=sheet.aim,
        sought=sheet.sought,
        partners=sheet.partners,
        countries=sheet.countries,
        budget=sheet.budget,
        call=sheet.call,
        deadline=sheet.deadline,
        published_at=sheet.published_at,
        url=absolute_url("partner_offer", sheet.pk),
    )

"""A project of two companies, led by somebody of the first."""

from dataclasses import dataclass

import pytest

from companies.models import Company, Person
from meetings.access import Visitor
from projects import creating
from projects.models import ProjectRoom
from tests import factories
from tests.factories import NOW


@dataclass
class Project:
    room: ProjectRoom
    lead: Person
    member: Person  # of the other company
    ours: Company
    theirs: Company

    @property
    def by(self) -> Visitor:
        return Visitor(Person.objects.get(pk=self.lead.pk))


@pytest.fixture
def project() -> Project:
    ours, theirs = factories.company(name="Havslund"), factories.company(name="Żuławy Solar")
    lead, member = factories.member(company=ours), factories.member(company=theirs)
    room = creating.create_project_room(
        by=lead, title={"en": "Floating collectors"}, purpose={}, companies=[ours, theirs], now=NOW
    )
    return Project(room, lead, member, ours, theirs)

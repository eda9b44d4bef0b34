"""What programs send and get about projects."""

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import AfterValidator, Field

from companies.api.schemas import Day, Flag, Line, RequestModel, WholeNumber, example, not_blank
from meetings.api.schemas import absolute_url
from projects.models import Action, Decision, Post, ProjectRoom, Thread
from projects.models.action import LONGEST_TEXT

ActionText = Annotated[Line, Field(min_length=1, max_length=LONGEST_TEXT), AfterValidator(not_blank)]


class ProjectOut(Schema):
    id: str = Field(description="also the id of its room")
    title: dict[str, str]
    purpose: dict[str, str] = Field(description="empty until the terms of confidentiality are accepted")
    state: str = Field(description="open, archived or closed")
    role: str = Field(description="the caller's: lead, member or reader")
    is_accepted: bool = Field(
        description="whether the caller has accepted the present terms, or there are none"
    )
    created_at: datetime
    url: str


class MemberOut(Schema):
    id: int
    name: str
    company: str | None = Field(description="slug of the company")
    role: str


class ActionIn(RequestModel):
    model_config = example(text="Ask the waterway office", due_on="2030-01-10")

    text: ActionText
    person: WholeNumber | None = Field(None, gt=0, lt=2**31, description="id of the member who does it")
    company: Line | None = Field(None, description="slug of the company that does it; in place of a person")
    due_on: Day | None = None


class ActionPatch(RequestModel):
    model_config = example(is_done=True)

    is_done: Flag


class ActionOut(Schema):
    id: str
    text: str
    person: int | None
    company: str | None
    due_on: date | None
    made_at: datetime
    done_at: datetime | None


class DecisionOut(Schema):
    id: str
    text: str
    decided_at: datetime
    withdrawn_at: datetime | None = Field(description="since when it is no longer valid")


class ThreadOut(Schema):
    id: str
    subject: str
    started_at: datetime
    last_message_at: datetime
    url: str


class PostOut(Schema):
    id: str
    text: str = Field(description="empty once it is deleted")
    person: int | None
    name: str
    written_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    is_by_email: bool


def project_out(project: ProjectRoom) -> ProjectOut:
    """Of a row with the annotations of `access.projects_listed`."""
    row = vars(project)
    return ProjectOut(
        id=project.pk,
        title=project.title,
        purpose=project.purpose if row["is_accepted"] else {},
        state=project.state,
        role=row["role"],
        is_accepted=row["is_accepted"],
        created_at=row["created_at"],
        url=absolute_url("project_room", project.pk),
    )


def action_out(action: Action) -> ActionOut:
    return ActionOut(
        id=action.pk,
        text=action.text,
        person=action.person_id,
        company=action.company.slug if action.company is not None else None,
        due_on=action.due_on,
        made_at=action.made_at,
        done_at=action.done_at,
    )


def decision_out(decision: Decision) -> DecisionOut:
    return DecisionOut(
        id=decision.pk,
        text=decision.text,
        decided_at=decision.decided_at,
        withdrawn_at=decision.withdrawn_at,
    )


def thread_out(thread: Thread) -> ThreadOut:
    return ThreadOut(
        id=thread.pk,
        subject=thread.subject,
        started_at=thread.started_at,
        last_message_at=thread.last_post_at,
        url=absolute_url("discussion", thread.project_id, thread.pk),
    )


def post_out(post: Post) -> PostOut:
    return PostOut(
        id=post.pk,
        text=post.text,
        person=post.written_by_id,
        name=str(post.written_by or ""),
        written_at=post.written_at,
        edited_at=post.edited_at,
        deleted_at=post.deleted_at,
        is_by_email=post.is_by_email,
    )

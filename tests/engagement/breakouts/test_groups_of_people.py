"""Who comes into which breakout room: dealt, chosen, late; and where hosts see them."""

from collections import Counter

import pytest

from engagement.breakouts import mixing
from engagement.breakouts.mixing import Candidate
from meetings.models import Meeting
from tests.engagement.breakouts.conftest import Go, opened
from tests.rooms.conftest import IN_ONE_FORM, Join


async def test_latecomers_come_into_the_smallest_group(live_webinar: Meeting, join: Join, go: Go) -> None:
    host, first = await join(live_webinar, live_webinar.host), await join(live_webinar)
    rooms = await opened(host, names=("Red", "Blue", "Green"))
    late = [await join(live_webinar) for _ in range(5)]
    assert [each.welcome["snapshot"]["breakouts"]["state"] for each in late] == ["open"] * 5
    replies = [await each.does("breakout.join") for each in late]
    own = (await first.does("breakout.join"))["room"]
    assert sorted(Counter([own, *(each["room"] for each in replies)]).values()) == [2, 2, 2]
    assert {each["room"] for each in replies} == set(rooms.values())
    again = await late[0].does("breakout.join")
    assert again["room"] == replies[0]["room"]
    last = {"person": late[-1].id, "room": replies[-1]["room"]}
    await host.receives("breakout.moved", moves=[last])
    moves = [move for event in host.all("breakout.moved") for move in event["moves"]]
    assert Counter(move["person"] for move in moves) == Counter(each.id for each in late)


@IN_ONE_FORM
async def test_people_choose_their_group_themselves(live_webinar: Meeting, join: Join, go: Go) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    rooms = await opened(host, assign="choice")
    assert (await guest.asks("breakout.join"))["error"] == "bad_field"
    inside = await go(guest, rooms["Blue"])
    await host.receives("breakout.moved", moves=[{"person": guest.id, "room": rooms["Blue"]}])
    other = await go(guest, rooms["Red"])
    assert other.welcome["room"]["id"] == rooms["Red"]
    assert await inside.closed_with(3) == 4401


@IN_ONE_FORM
async def test_hosts_see_who_is_where(live_webinar: Meeting, join: Join, go: Go) -> None:
    host, guest, other = [
        await join(live_webinar, live_webinar.host),
        *[await join(live_webinar) for _ in "12"],
    ]
    rooms = await opened(host, assign="list")
    await host.does("breakout.move", person=guest.id, room=rooms["Red"])
    await guest.receives("breakout.moved")
    await go(guest)
    listed = await host.does("breakout.people", room=rooms["Red"])
    assert [(one["id"], one["here"]) for one in listed["people"]] == [(guest.id, True)]
    everybody = await host.does("breakout.people")
    found = {one["id"]: (one["room"], one["here"]) for one in everybody["people"]}
    assert found == {guest.id: (rooms["Red"], True), other.id: (None, False)}
    assert (everybody["total"], everybody["next"]) == (2, None)
    rest = await host.does("breakout.people", after=everybody["people"][0]["id"])
    assert [one["id"] for one in rest["people"]] == [everybody["people"][1]["id"]]
    await guest.does("breakout.leave")
    listed = await host.does("breakout.people", room=rooms["Red"])
    assert [one["here"] for one in listed["people"]] == [False]
    assert (await host.asks("breakout.people", room="nowhere"))["error"] == "not_found"


@pytest.mark.parametrize("assign", ["random", "companies", "countries"])
def test_groups_are_even_and_the_seed_repeats_them(assign: str) -> None:
    people = [Candidate(number, f"Firm {number % 5}", "SE" if number % 3 else "LT") for number in range(23)]
    dealt = mixing.distribute(people, 4, assign=assign, seed=7)
    assert sorted(Counter(dealt.values()).values()) == [5, 6, 6, 6]
    assert dealt == mixing.distribute(people[::-1], 4, assign=assign, seed=7)
    assert dealt != mixing.distribute(people, 4, assign=assign, seed=8)


@pytest.mark.parametrize(("assign", "key"), [("companies", "company"), ("countries", "country")])
def test_companies_and_countries_are_spread_over_the_groups(assign: str, key: str) -> None:
    people = [
        Candidate(number, f"Firm {number // 4}", ["SE", "PL", "LT"][number % 3]) for number in range(24)
    ]
    for seed in range(20):
        dealt = mixing.distribute(people, 4, assign=assign, seed=seed)
        counts = Counter((getattr(one, key), dealt[one.participant]) for one in people)
        by_value: dict[str, list[int]] = {}
        for (value, _group), number in counts.items():
            by_value.setdefault(value, []).append(number)
        assert all(max(each) - min(each) <= 1 and len(each) == 4 for each in by_value.values())

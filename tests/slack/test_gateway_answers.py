"""The answer to a command: over the address that the command brought, else as a direct message."""

from __future__ import annotations

import pytest

from ecomms_bot.incident.state import Ref
from ecomms_bot.service.ports import CannotShow, TryLater
from ecomms_bot.slack.gateway import SENT_AGAIN
from tests.slack.gateway_world import World, answering


@pytest.fixture
def url(world: World) -> str:
    """What the command of mara brought along."""
    return world.workspace.new_response_url("commands", world.mara.id, world.room.id)


def answer(world: World, url: str, *, again: bool = False, user: str | None = None) -> Ref:
    user = world.mara.id if user is None else user
    return world.show("answer", thing="", key="i-flood/answer", again=again, url=url, user=user)


def test_the_answer_comes_where_the_command_was_typed_and_only_to_that_person(world: World, url: str) -> None:
    ref = answer(world, url)
    assert world.texts() == ["The river is high."]
    assert world.texts(world.pia) == []
    assert ref == Ref("")
    assert world.asked == [("", "answer", world.mara.id)]


def use_up(world: World, url: str) -> None:
    for _ in range(5):
        answer(world, url)


def expire(world: World, url: str) -> None:
    world.workspace.machine = lambda: world.workspace.response_urls[url.rpartition("/")[2]].made_at + 1801


@pytest.mark.parametrize("end", [use_up, expire], ids=["used up", "expired"])
def test_when_the_address_is_gone_it_is_a_direct_message(world: World, url: str, end: object) -> None:
    assert callable(end)
    end(world, url)
    before = len(world.texts())

    ref = answer(world, url)

    assert [each.plain() for each in world.mara.dms()] == ["The river is high."]
    assert ref == Ref(world.mara.dm.id, world.mara.dms()[0].ts)
    assert len(world.texts()) == before


@pytest.mark.parametrize(
    "no_address",
    [
        "",
        "ftp://127.0.0.1/x",
        "http://hooks.example.org/x",
        "file:///etc/passwd",
        "https://",
        "http://[x",
        "nonsense",
        "http://127.0.0.1:99999/x",
        "https://hooks.example.org/a b",
        f"https://{'x' * 64}.example.org/",
    ],
)
def test_what_is_no_address_for_answers_is_not_called(world: World, no_address: str) -> None:
    answer(world, no_address)
    assert [each.plain() for each in world.mara.dms()] == ["The river is high."]
    assert [call.method for call in world.writes] == ["chat.postMessage"]


def test_a_redirect_is_not_followed(world: World) -> None:
    """What was written for one person goes to Slack and nowhere else."""
    with answering(200, "ok") as elsewhere, answering(302, "", {"Location": elsewhere}) as url:
        answer(world, url)
    assert [each.plain() for each in world.mara.dms()] == ["The river is high."]


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, '{"ok": false, "error": "expired_url"}'), (404, "no_service"), (403, "[]"), (410, "")],
)
def test_every_way_of_saying_that_it_is_gone_leads_to_a_direct_message(
    world: World, status: int, body: str
) -> None:
    with answering(status, body) as url:
        answer(world, url)
    assert len(world.mara.dms()) == 1


def test_a_failing_server_without_a_word_may_have_taken_it(world: World) -> None:
    with answering(502, "<html>") as url, pytest.raises(TryLater) as later:
        answer(world, url)
    assert later.value.maybe_done


def test_without_a_name_it_goes_to_the_opener(world: World) -> None:
    answer(world, "", user="")
    assert len(world.mara.dms()) == 1


def test_without_anybody_it_is_said(world: World) -> None:
    world.state = type(world.state)("i-flood", seq=1)
    with pytest.raises(CannotShow):
        answer(world, "", user="")


@pytest.mark.parametrize(
    ("fault", "maybe_done"), [("drop_after", True), ("server_error", True), ("rate_limited", False)]
)
def test_an_address_that_fails_for_now_is_tried_again(
    world: World, url: str, fault: str, *, maybe_done: bool
) -> None:
    getattr(world.workspace.faults, fault)("response_url")
    with pytest.raises(TryLater) as later:
        answer(world, url)
    assert later.value.maybe_done == maybe_done
    assert world.mara.dms() == []


def test_what_may_have_arrived_there_is_repeated_as_a_direct_message_that_says_so(
    world: World, url: str
) -> None:
    """What only one person sees cannot be looked up, so the address is not used again."""
    world.workspace.faults.drop_after("response_url")
    with pytest.raises(TryLater):
        answer(world, url)

    ref = answer(world, url, again=True)

    assert ref.unsure
    [seen] = world.mara.dms()
    assert seen.plain().splitlines() == ["The river is high.", SENT_AGAIN]
    assert len(world.calls("response_url")) == 1


def test_a_direct_message_whose_answer_was_lost_is_found(world: World) -> None:
    world.workspace.faults.drop_after("chat.postMessage")
    with pytest.raises(TryLater):
        answer(world, "")

    ref = answer(world, "", again=True)

    assert [each.ts for each in world.mara.dms()] == [ref.ts]
    assert not ref.unsure


def test_an_answer_of_an_exercise_carries_its_mark(world: World, url: str) -> None:
    world.be_exercise()
    answer(world, url)
    [seen] = world.mara.messages(world.room)
    assert seen.text == "EXERCISE - The river is high. - EXERCISE"

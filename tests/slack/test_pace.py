"""How fast Slack is called: its tiers, one message a second in a conversation, and what it asks for."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.things import Place
from ecomms_bot.service.ports import Notice, NotYet, TryLater
from ecomms_bot.slack.pace import PLACES_MAX, POST, Pace
from tests.slack.gateway_world import World, message


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Patient(Pace):
    """Waits by moving the clock."""

    clock: Clock

    def pause(self, seconds: float) -> None:
        self.clock.now += seconds


def made(*, limited: bool = True) -> Patient:
    clock = Clock()
    pace = Patient(clock, limited=limited)
    pace.clock = clock
    return pace


def test_one_conversation_gets_a_message_a_second_and_others_do_not_wait_for_it() -> None:
    pace = made()
    assert pace.ask(POST, "C1") == 0
    assert pace.ask(POST, "C1") == pytest.approx(1.0)
    assert pace.ask(POST, "C2") == 0
    pace.clock.now += 1
    assert pace.ask(POST, "C1") == 0


def test_who_is_early_gets_a_turn_of_their_own() -> None:
    pace = made()
    assert pace.ask(POST, "C1") == 0
    turns = [pace.ask(POST, "C1") for _ in range(3)]
    assert turns == [pytest.approx(1), pytest.approx(2), pytest.approx(3)]


@pytest.mark.parametrize(
    ("method", "a_minute"),
    [("conversations.create", 20), ("chat.update", 50), ("users.info", 100), (POST, 300)],
)
def test_a_method_is_called_as_often_as_its_tier_allows_in_the_long_run(method: str, a_minute: int) -> None:
    pace, calls = made(), 0
    start = pace.clock.now
    while pace.clock.now < start + 600:
        if wait := pace.ask(method, f"C{calls}"):
            pace.clock.now += min(wait, 0.1)
        else:
            calls += 1
    assert calls == pytest.approx(10 * a_minute + a_minute / 2, rel=0.02)  # half a minute's calls at once


def test_what_slack_asks_for_holds_for_the_method_and_for_all_threads() -> None:
    pace = made(limited=False)
    pace.slow_down("chat.update", 30)
    pace.slow_down("chat.update", 5)  # an earlier word does not shorten it
    assert pace.ask("chat.update") == pytest.approx(30)
    assert pace.ask(POST, "C1") == 0
    pace.clock.now += 30
    assert pace.ask("chat.update") == 0


def test_without_limits_nothing_waits() -> None:
    pace = made(limited=False)
    assert {pace.ask(POST, "C1") for _ in range(1000)} == {0.0}


def test_conversations_that_rest_are_forgotten() -> None:
    pace = made()
    for number in range(PLACES_MAX + 10):
        pace.clock.now += 1
        assert pace.ask(POST, f"C{number}") == 0
    pace.clock.now += 100
    pace.ask(POST, "C")
    assert pace.remembered < 100


# --- the gateway keeps to it ---


def test_what_has_not_begun_is_put_off_and_nothing_is_sent(world: World) -> None:
    pace = made()
    gateway = world.make_gateway(pace=pace)
    gateway.show(Notice(kinds.POST, "i-flood", "card"), world.here, "k1", again=False)
    with pytest.raises(NotYet) as told:
        gateway.show(Notice(kinds.POST, "i-flood", "card"), world.here, "k2", again=False)
    assert told.value.retry_after == pytest.approx(1.0)
    assert not told.value.maybe_done
    assert len(world.writes) == 1


def test_what_has_begun_waits_a_moment_for_its_next_part(world: World) -> None:
    pace = made()
    world.drawn = message("The last part.", ("The first part.", "The second part."))
    world.make_gateway(pace=pace).show(Notice(kinds.POST, "i-flood", "card"), world.here, "k", again=False)
    assert len(world.calls("chat.postMessage")) == 3
    assert pace.clock.now == pytest.approx(102.0)


def test_what_would_wait_long_is_put_off_though_it_has_begun(world: World) -> None:
    world.workspace.faults.rate_limited("chat.postMessage", retry_after=30)
    pace = made()
    gateway = world.make_gateway(pace=pace)
    with pytest.raises(TryLater):
        gateway.show(Notice(kinds.POST, "i-flood", "card"), world.here, "k", again=False)
    # and the next one does not even ask Slack, in whatever conversation
    with pytest.raises(NotYet) as told:
        gateway.show(Notice(kinds.POST, "i-flood", "card"), Place(user=world.pia.id), "k2", again=False)
    assert told.value.retry_after == pytest.approx(30, abs=1)
    assert len(world.calls("chat.postMessage")) == 1


def test_when_the_process_stops_no_effect_begins_another_call(world: World) -> None:
    pace = made()
    pace.close()
    with pytest.raises(NotYet, match="stops"):
        world.make_gateway(pace=pace).show(
            Notice(kinds.POST, "i-flood", "card"), world.here, "k", again=False
        )
    assert world.writes == []


def test_the_stop_comes_between_two_parts_too(world: World) -> None:
    class Stopping(Patient):
        def pause(self, seconds: float) -> None:
            super().pause(seconds)
            self.close()

    pace = Stopping(clock := Clock())
    pace.clock = clock
    world.drawn = message("The last part.", ("The first part.",))
    with pytest.raises(TryLater) as told:
        world.make_gateway(pace=pace).show(
            Notice(kinds.POST, "i-flood", "card"), world.here, "k", again=False
        )
    assert told.value.maybe_done  # some of it stands there: it is looked up first
    assert not isinstance(told.value, NotYet)

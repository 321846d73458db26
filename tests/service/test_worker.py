"""The worker on real databases, with a chat that answers as scripted: leases, retries, trouble, clocks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.state import Ref
from ecomms_bot.incident.things import Place
from ecomms_bot.service import work, worker
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.ports import CannotShow, Notice, NotThere, TryLater
from ecomms_bot.service.worker import ATTEMPTS_UNEXPECTED, LEASE_S, MEND_EVERY_S, Parts, Worker
from ecomms_bot.store import heartbeat, log, tasks
from ecomms_bot.store.engine import Database
from tests.cli.night import COMMUNICATOR, IC, START, ZONE, Night, flood

WAIT_S = 10.0
Script = Callable[[Notice, str, bool], Ref]


@dataclass
class ScriptedChat:
    """The port `Chat`: shows what it is told to, and remembers what was shown."""

    script: Script
    shown: list[tuple[str, str, bool]] = field(default_factory=list)

    def show(self, notice: Notice, place: Place, key: str, *, again: bool) -> Ref:  # noqa: ARG002
        self.shown.append((notice.kind, notice.thing, again))
        return self.script(notice, key, again)

    def times(self, thing: str) -> int:
        return sum(each[1] == thing for each in self.shown)


def fine(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001 - the port has it
    return Ref("C0FLOOD", f"1.{len(key)}{abs(hash(key)) % 1000}")


@dataclass
class Desk:
    """A worker at its desk: one night, one chat, a machine clock that moves when told to."""

    night: Night
    chat: ScriptedChat
    worker: Worker
    machine: list[float]
    wake: threading.Event
    parts: Parts

    def settle(self) -> None:
        """Until nothing is being done, and nothing that is due now waits for a turn."""
        for _ in range(2000):
            self.wake.set()
            self.worker.await_change(0.01)
            with self.night.db.read() as conn:
                busy = tasks.busy(conn, self.night.now, until=self.machine[0])
            if not busy and not self.worker.doing:
                return
        raise AssertionError("the worker did not come to rest")

    def until_tried(self, thing: str, times: int) -> None:
        for _ in range(2000):
            self.wake.set()
            self.worker.await_change(0.01)
            if self.chat.times(thing) == times and not self.worker.doing:
                return
        raise AssertionError("it was not tried so often")

    def later(self, seconds: float) -> None:
        """Machine time goes on."""
        self.machine[0] += seconds
        self.settle()


class TwoClocks(SystemClock):
    """Incident time of the night, machine time of its own."""

    def __init__(self, night: Night, machine: list[float]) -> None:
        super().__init__(lambda: night.now.timestamp())  # noqa: PLW0108  (`night.now` moves)
        object.__setattr__(self, "_machine", machine)

    def machine(self) -> float:
        machine: list[float] = self.__dict__["_machine"]
        return machine[0]


@pytest.fixture
def desk(db: Database) -> Iterator[Desk]:
    night, machine, wake = Night(db), [1_000_000.0], threading.Event()
    clock = TwoClocks(night, machine)
    chat, alarm = ScriptedChat(fine), Alarm(clock, wake)
    parts = Parts(db, night.handler, night.records, chat, clock, alarm, wake, "here:1", "here")
    at_work = Worker(parts)
    alarm.start()
    at_work.start()
    yield Desk(night, chat, at_work, machine, wake, parts)
    at_work.stop()
    alarm.stop()


def row(desk: Desk, key: str) -> tasks.TaskRow:
    with desk.night.db.read() as conn:
        found = tasks.get(conn, key)
    assert found is not None
    return found


def types(desk: Desk, incident: str) -> list[str]:
    with desk.night.db.read() as conn:
        return [entry.type for entry in log.read(conn, incident)]


def test_everything_an_opening_calls_for_is_shown_once(desk: Desk) -> None:
    incident = desk.night.open()
    desk.settle()
    shown = [(kind, thing) for kind, thing, _ in desk.chat.shown]
    assert len(shown) == len(set(shown))
    assert {kind for kind, _ in shown} >= {kinds.ANSWER, kinds.INVITE, kinds.PIN}
    assert types(desk, incident).count("Posted") == 3


def test_what_slack_did_not_take_now_is_tried_again_and_waits_as_long_as_slack_asks(desk: Desk) -> None:
    # Given a Slack that asks for 40 seconds of patience, once
    answers = [TryLater("Slow down.", retry_after=40.0)]

    def moody(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "review:d1:1" and answers:
            raise answers.pop()
        return fine(notice, key, again)

    desk.chat.script = moody
    incident = desk.night.open()
    desk.night.submit(incident)
    desk.settle()
    # When less time has passed, nothing is tried;
    desk.later(30)
    assert desk.chat.times("review:d1:1") == 1
    # then it is, and the review stands.
    desk.later(11)
    assert desk.chat.times("review:d1:1") == 2
    assert "review:d1:1" in desk.night.state(incident).posted


def test_an_attempt_that_may_have_arrived_is_looked_up_the_next_time(desk: Desk) -> None:
    answers = [TryLater("The connection broke.", maybe_done=True)]

    def broken(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "review:d1:1" and answers:
            raise answers.pop()
        return Ref("C0FLOOD", "7.7", found=True) if again else fine(notice, key, again)

    desk.chat.script = broken
    incident = desk.night.open()
    desk.night.submit(incident)
    desk.settle()
    desk.later(2)
    assert [again for _, thing, again in desk.chat.shown if thing == "review:d1:1"][:2] == [False, True]
    assert desk.night.state(incident).posted["review:d1:1"].ts == "7.7"


def test_what_was_found_is_edited_at_once_since_it_shows_an_earlier_state(desk: Desk) -> None:
    # Given a review whose answer was lost and which a lead approved before the next try
    lost = [True]

    def losing(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "review:d1:1" and notice.kind == kinds.POST:
            if lost and lost.pop():
                raise TryLater("The answer was lost.", maybe_done=True)
            return Ref("C0FLOOD", "7.7", found=True)
        return fine(notice, key, again)

    desk.chat.script = losing
    incident = desk.night.open()
    desk.night.submit(incident)
    desk.settle()
    desk.night.approve(incident)
    desk.later(2)
    # then the message that was found is drawn anew.
    assert (kinds.EDIT, "review:d1:1") in {(kind, thing) for kind, thing, _ in desk.chat.shown}


def test_a_lease_that_ran_out_is_taken_over_and_the_first_holder_records_nothing(desk: Desk) -> None:
    # Given an effect that hangs in one worker
    entered, release = threading.Event(), threading.Event()

    def hanging(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "review:d1:1" and not again:
            entered.set()
            assert release.wait(20)
            return Ref("C0FLOOD", "9.1")
        return Ref("C0FLOOD", "9.2") if notice.thing == "review:d1:1" else fine(notice, key, again)

    incident = desk.night.open()
    desk.settle()
    desk.chat.script = hanging
    desk.night.submit(incident)
    desk.wake.set()
    assert entered.wait(20)
    # when its lease has run out, another claims it, records it,
    key = f"{incident}/post/review:d1:1"
    with desk.night.db.write() as conn:
        claimed = tasks.claim(
            conn,
            now=desk.night.now,
            machine_now=desk.machine[0] + LEASE_S + 1,
            lease_s=LEASE_S,
            owner="there:1",
        )
        assert [task.key for task in claimed if task.was_leased] == [key]
        assert tasks.finish(conn, key, "there:1", "C0FLOOD:9.2")
    release.set()
    desk.settle()
    # and what the first one says is not taken for the outcome.
    assert row(desk, key).outcome == "C0FLOOD:9.2"


def test_what_slack_refuses_for_good_is_said_once_and_the_thread_goes_on(desk: Desk) -> None:
    def refusing(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "review:d1:1":
            raise CannotShow("Slack did not take it.", "Tell somebody.")
        return fine(notice, key, again)

    desk.chat.script = refusing
    incident = desk.night.open()
    desk.night.submit(incident)
    desk.settle()
    state = desk.night.state(incident)
    assert [failure.thing for failure in state.failures] == ["review:d1:1"]
    assert f"trouble:{state.failures[0].seq}" in state.posted
    assert row(desk, f"{incident}/post/review:d1:1").state == "failed"
    # the next thing of the same thread is shown all the same
    desk.night.submit(incident, road="Highway 1")
    desk.settle()
    assert desk.chat.times("review:d1:2") == 1


def opened_now(desk: Desk) -> str:
    """An incident of which nothing stands in Slack yet."""
    incident, loaded = make_id("i", "New"), flood()
    command = c.OpenIncident(
        name="Highway 5",
        area="",
        zone=ZONE,
        phase="during",
        severity="S2",
        exercise=False,
        playbook=loaded.raw,
        playbook_sha256=loaded.sha256,
    )
    desk.night.do(incident, command, COMMUNICATOR)
    return incident


def test_an_opening_comes_one_after_the_other_and_its_answer_last(desk: Desk) -> None:
    opened_now(desk)
    desk.settle()
    shown = [kind for kind, _, _ in desk.chat.shown if kind != kinds.EDIT]
    assert shown[:3] == [kinds.OPEN_CONVERSATION, kinds.POST, kinds.INVITE]
    assert shown[3:] == [kinds.PIN, kinds.POST, kinds.ANSWER]


@pytest.mark.parametrize("put_off", [kinds.INVITE, kinds.PIN])
def test_nobody_waits_for_an_invitation_or_a_pin_that_slack_puts_off(desk: Desk, put_off: str) -> None:
    answers = [TryLater("Slow down.", retry_after=600.0)]

    def limited(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.kind == put_off and answers:
            raise answers.pop()
        return fine(notice, key, again)

    desk.chat.script = limited
    incident = opened_now(desk)
    desk.settle()
    # Then the first step and the answer are there all the same,
    assert "step:D1" in desk.night.state(incident).posted
    assert kinds.ANSWER in {kind for kind, _, _ in desk.chat.shown}
    # and what was put off comes when Slack allows it.
    desk.later(601)
    assert [kind for kind, _, _ in desk.chat.shown].count(put_off) == 2


def test_who_opened_it_is_answered_while_the_card_waits_for_somebody_to_mend_something(desk: Desk) -> None:
    def closed_to_the_bot(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.kind == kinds.POST:
            raise CannotShow("The bot may not post here.", "Let it.", mendable=True)
        return fine(notice, key, again)

    desk.chat.script = closed_to_the_bot
    opened_now(desk)
    desk.settle()
    assert {kinds.INVITE, kinds.ANSWER} <= {kind for kind, _, _ in desk.chat.shown}


def test_an_overdue_promise_is_said_although_an_earlier_message_waits_to_be_mended(desk: Desk) -> None:
    # Given a bot that was removed from the conversation before the severity changed
    def kicked(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.kind == kinds.POST and notice.thing.partition(":")[0] in {"turn", "trouble", "reminder"}:
            raise CannotShow("The bot is not a member.", "Invite it.", mendable=True)
        return fine(notice, key, again)

    incident = desk.night.open()
    desk.night.submit(incident)
    desk.night.approve(incident)
    desk.night.publish(incident)
    desk.settle()
    desk.chat.script = kicked
    desk.night.do(incident, c.ChangeSeverity("S1", "Two bridges are gone."), IC)
    desk.settle()
    # when the promised time has come
    desk.night.later(66)
    desk.settle()
    # then who has to know is told in person.
    overdue = next(key for key in desk.night.state(incident).fired if key.endswith("T+0"))
    assert (kinds.DM, f"reminder:{overdue}") in {(kind, thing) for kind, thing, _ in desk.chat.shown}


def test_what_a_person_can_mend_is_told_once_kept_and_shown_when_it_is_mended(desk: Desk) -> None:
    # Given a bot that was removed from the conversation
    removed = [True]

    def kicked(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "review:d1:1" and removed[0]:
            raise CannotShow("The bot is not a member.", "Invite it.", mendable=True)
        return fine(notice, key, again)

    desk.chat.script = kicked
    incident = desk.night.open()
    desk.night.submit(incident)
    desk.settle()
    desk.later(MEND_EVERY_S + 1)
    desk.later(MEND_EVERY_S + 1)
    # then it is tried each minute and told once;
    assert desk.chat.times("review:d1:1") == 3
    assert types(desk, incident).count("EffectFailed") == 1
    # and when the bot is back, the review comes.
    removed[0] = False
    desk.later(MEND_EVERY_S + 1)
    assert "review:d1:1" in desk.night.state(incident).posted


def test_an_edit_of_a_message_that_somebody_deleted_posts_it_again_and_tells_no_trouble(desk: Desk) -> None:
    places: list[str] = []

    def deleted(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "review:d1:1" and notice.kind == kinds.EDIT and not places:
            places.append(desk.night.state(incident).posted["review:d1:1"].ts)
            raise NotThere("It is not there.", "Look.")
        return fine(notice, key, again)

    desk.chat.script = deleted
    incident = desk.night.open()
    desk.night.submit(incident)
    desk.settle()
    desk.night.approve(incident)
    desk.settle()
    assert desk.night.state(incident).posted["review:d1:1"].ts not in places
    assert [kind for kind, thing, _ in desk.chat.shown if thing == "review:d1:1"] == ["post", "edit", "post"]
    assert (types(desk, incident).count("PostGone"), types(desk, incident).count("EffectFailed")) == (1, 0)
    with desk.night.db.read() as conn:
        assert tasks.troubled(conn) == []


def test_what_belongs_into_a_thread_that_is_gone_comes_after_its_new_first_message(desk: Desk) -> None:
    gone = [True]

    def deleted(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "review:d1:1" and gone.pop():
            gone.append(False)
            raise NotThere("The thread is not there.", "Look.", thread=True)
        return fine(notice, key, again)

    desk.chat.script = deleted
    incident = desk.night.open()
    desk.settle()
    desk.chat.shown.clear()
    desk.night.submit(incident)
    desk.settle()
    posts = [thing for kind, thing, _ in desk.chat.shown if kind == kinds.POST]
    assert posts == ["review:d1:1", "step:D1", "review:d1:1"]
    assert types(desk, incident).count("EffectFailed") == 0


def test_an_edit_that_waited_while_its_message_was_deleted_is_not_tried(desk: Desk) -> None:
    incident = desk.night.open()
    desk.settle()
    outage = [TryLater("Not now.", retry_after=20.0)]

    def away(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "card" and notice.kind == kinds.EDIT and outage:
            raise outage.pop()
        if notice.thing == "card" and notice.kind == kinds.POST:
            raise CannotShow("Slack refuses it.", "Ask.")
        return fine(notice, key, again)

    desk.chat.script = away
    desk.night.submit(incident)
    desk.settle()
    desk.night.do(incident, c.RecordGone("card", desk.night.state(incident).posted["card"].ts), "bot")
    desk.chat.shown.clear()
    desk.later(21)
    assert [kind for kind, thing, _ in desk.chat.shown if thing == "card"] == [kinds.POST]
    with desk.night.db.read() as conn:
        assert [each.kind for each in tasks.troubled(conn)] == [kinds.POST]


def test_a_mistake_of_ours_is_told_after_some_tries_and_frees_its_thread(desk: Desk) -> None:
    def wrong(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "review:d1:1":
            raise ZeroDivisionError
        return fine(notice, key, again)

    desk.chat.script = wrong
    incident = desk.night.open()
    desk.night.submit(incident)
    for attempt in range(1, ATTEMPTS_UNEXPECTED + 1):
        desk.until_tried("review:d1:1", attempt)
        desk.machine[0] += LEASE_S + 1
    desk.settle()
    assert [failure.thing for failure in desk.night.state(incident).failures] == ["review:d1:1"]


def test_a_reminder_fires_once_with_its_messages_in_one_transaction(desk: Desk) -> None:
    incident = desk.night.open()
    desk.night.submit(incident)
    desk.night.approve(incident)
    desk.night.publish(incident)
    desk.settle()
    # When the promised time passes while nobody looks, and many wake at once
    desk.night.later(66)
    for _ in range(5):
        desk.wake.set()
    desk.settle()
    fired = [each.event.key for each in desk.night.state(incident).fired.values()]
    assert len(fired) == len(set(fired))
    assert "promise/d1-1/T+0" in fired
    assert desk.chat.times("reminder:promise/d1-1/T+0") == 1


def test_a_machine_clock_that_was_set_back_does_not_hold_up_a_retry(desk: Desk) -> None:
    answers = [TryLater("Not now.", retry_after=20.0)]

    def moody(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "review:d1:1" and answers:
            raise answers.pop()
        return fine(notice, key, again)

    desk.chat.script = moody
    incident = desk.night.open()
    desk.night.submit(incident)
    desk.settle()
    # When the machine's clock goes back by an hour,
    desk.later(-3600)
    # then what waits for a time an hour ahead is tried now.
    assert "review:d1:1" in desk.night.state(incident).posted


def test_what_is_to_be_tried_again_is_begun_although_the_thread_before_is_not_quite_at_its_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a message that Slack puts off, and a thread that is slow at its end: what it did is recorded
    recorded, ends, again_shown = threading.Event(), threading.Event(), threading.Event()

    def slow(job: work.Job) -> bool:
        done = work.attempt(job)
        if job.key.endswith("review:d1:1") and not recorded.is_set():
            recorded.set()
            ends.wait(WAIT_S)
        return done

    def moody(notice: Notice, key: str, again: bool) -> Ref:  # noqa: FBT001
        if notice.thing == "review:d1:1" and not recorded.is_set():
            raise TryLater("Slack asks the bot to slow down.", retry_after=0)
        if notice.thing == "review:d1:1":
            again_shown.set()
        return fine(notice, key, again)

    monkeypatch.setattr(worker, "attempt", slow)
    desk.chat.script = moody
    incident = desk.night.open()
    desk.night.submit(incident)
    desk.wake.set()
    assert recorded.wait(WAIT_S)
    # When its time comes, and the worker looks
    desk.machine[0] += MEND_EVERY_S
    desk.wake.set()
    # Then it is shown, without waiting for the end of a lease that nobody works for
    assert again_shown.wait(WAIT_S)
    ends.set()
    desk.settle()
    assert "review:d1:1" in desk.night.state(incident).posted


def test_what_a_stop_gives_back_in_the_moment_in_which_it_begins_is_not_done_as_well(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a thread that has taken an effect up, and has not said yet that it begins
    done: list[str] = []
    monkeypatch.setattr(worker, "attempt", lambda job: done.append(job.key))
    other = Worker(desk.parts)
    with other._changed:  # noqa: SLF001 - whoever begins waits for this
        other._start(work.Job("inc/post/card", lambda: None))  # noqa: SLF001
        # when its worker is stopped, and gives back what has not begun
        assert other.stop()
    # then whoever claims it next is the only one who does it.
    other._pool.shutdown(wait=True)  # noqa: SLF001
    assert done == []


def test_a_task_that_fails_in_the_database_does_not_spin(desk: Desk) -> None:
    # Given a reminder of an incident that is not in the log
    due: datetime = START - timedelta(minutes=1)
    task = Task("nowhere/reminder/step/D1", "nowhere", kinds.REMINDER, "nowhere/lane", due, {"reminder": "x"})
    with desk.night.db.write() as conn:
        tasks.apply(conn, TaskChanges((task,)), START)
    desk.settle()
    assert row(desk, task.key).state == "done"


def test_a_sign_of_life_is_given_for_this_machine(desk: Desk) -> None:
    desk.night.open()
    desk.settle()
    with desk.night.db.read() as conn:
        assert heartbeat.age(conn, "here", desk.machine[0]) == 0

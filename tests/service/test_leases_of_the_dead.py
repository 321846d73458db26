"""What a process that ended had begun is taken over soon; what a living one has begun is left to it."""

from __future__ import annotations

import threading

import pytest

from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident.state import Ref
from ecomms_bot.service.alarm import Alarm
from ecomms_bot.service.carrying import Parts
from ecomms_bot.service.clocks import SystemClock
from ecomms_bot.service.ports import Notice
from ecomms_bot.service.work import BEAT_S, GONE_S, LEASE_S, Work, attempt
from ecomms_bot.store import tasks
from ecomms_bot.store.engine import Database
from tests.cli.night import Night

DEAD, LIVING = "here:1:boot/1:100", "there:1:boot/2:100"


class Chat:
    """Shows everything at once, and remembers whether it was told to look first."""

    def __init__(self) -> None:
        self.looked: dict[str, bool] = {}

    def show(self, notice: Notice, place: object, key: str, *, again: bool = False) -> Ref:
        del notice, place
        self.looked[key] = again
        return Ref("C1", f"{len(self.looked)}.000001")


class Machine(SystemClock):
    """Machine time that a test sets."""

    seconds = 1_000_000.0

    def machine(self) -> float:
        return self.seconds


def later(seconds: float) -> None:
    Machine.seconds += seconds


@pytest.fixture
def chat() -> Chat:
    return Chat()


@pytest.fixture
def work(db: Database, chat: Chat) -> Work:
    night, wake = Night(db), threading.Event()
    night.open()
    clock = Machine(night.now.timestamp)
    alarm = Alarm(clock, wake)
    gone = {DEAD}.__contains__
    return Work(
        Parts(db, night.handler, night.records, chat, clock, alarm, wake, "here:2:boot/1:200", "here", gone)
    )


def begins(db: Database, owner: str) -> str:
    """Somebody takes the first effect of the opening, and is not heard of again."""
    with db.write() as conn:
        (task,) = tasks.claim(
            conn,
            now=tasks.next_due(conn) or pytest.fail("nothing is due"),
            machine_now=Machine.seconds,
            lease_s=LEASE_S,
            owner=owner,
            exclude={kinds.REMINDER},
        )
    return task.key


def done_by(work: Work) -> list[str]:
    jobs = list(work.due(lambda: 8))
    assert all(attempt(job) for job in jobs)
    return [job.key for job in jobs]


def test_what_a_dead_process_began_is_free_when_its_last_call_can_no_longer_be_under_way(
    db: Database, work: Work, chat: Chat
) -> None:
    key = begins(db, DEAD)
    later(5)
    work.beat()
    # not at once: Slack may be carrying out what it sent last
    later(GONE_S - 1)
    assert key not in done_by(work)
    later(2)
    assert key in done_by(work)
    # and whoever takes it over looks first whether it is there already
    assert chat.looked[key]


def test_each_sign_of_life_looks_for_the_dead_and_none_gives_them_more_time(db: Database, work: Work) -> None:
    key = begins(db, DEAD)
    started = Machine.seconds
    for _ in range(3):
        work.beat()
        later(BEAT_S)
    with db.read() as conn:
        row = tasks.get(conn, key)
    assert row is not None
    assert row.lease_until == started + GONE_S


def test_what_a_living_process_has_begun_is_left_to_it_for_the_whole_lease(
    db: Database, work: Work, chat: Chat
) -> None:
    key = begins(db, LIVING)
    work.beat()
    later(LEASE_S - 1)
    work.beat()
    assert key not in done_by(work)
    later(2)
    assert key in done_by(work)
    assert chat.looked[key]

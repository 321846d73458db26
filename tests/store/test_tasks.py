"""Tasks one by one: added, cancelled, finished, tried again, looked up."""

from __future__ import annotations

import pytest

from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.store import tasks
from ecomms_bot.store.engine import Database
from tests.store.samples import at, task


def add(db: Database, *added: Task, minute: float = 0) -> None:
    change(db, TaskChanges(add=added), minute)


def change(db: Database, changes: TaskChanges, minute: float = 0) -> None:
    with db.write() as conn:
        tasks.apply(conn, changes, at(minute))


def claim(db: Database, minute: float = 0, machine: float = 1000.0, limit: int = 10) -> list[str]:
    with db.write() as conn:
        got = tasks.claim(conn, now=at(minute), machine_now=machine, lease_s=30, owner="w1", limit=limit)
    return [task.key for task in got]


def get(db: Database, key: str) -> tasks.TaskRow:
    with db.read() as conn:
        row = tasks.get(conn, key)
    assert row is not None
    return row


def test_a_task_comes_back_as_it_was_added(db: Database) -> None:
    add(db, task("k1", 5, "i1/thread", "post", ids={"thing": "card", "user": "U1"}), minute=2)
    row = get(db, "k1")
    assert (row.key, row.incident, row.kind, row.lane) == ("k1", "i1", "post", "i1/thread")
    assert (row.due_at, row.created_at, row.ids) == (at(5), at(2), {"thing": "card", "user": "U1"})
    assert (row.state, row.attempts, row.unsure, row.outcome) == ("pending", 0, False, None)
    with db.read() as conn:
        assert tasks.get(conn, "unknown") is None


def test_a_key_is_added_once_for_ever(db: Database) -> None:
    add(db, task("k1", 5))
    add(db, task("k1", 50))
    assert get(db, "k1").due_at == at(5)

    assert claim(db, 5) == ["k1"]
    with db.write() as conn:
        tasks.finish(conn, "k1", "w1", "posted")
    add(db, task("k1", 5))
    assert claim(db, 60) == []


def test_a_coalescing_task_is_not_added_while_one_of_its_lane_and_kind_is_pending(db: Database) -> None:
    add(db, task("k1", 0, "card", "edit", coalesce=True))
    add(db, task("k2", 0, "card", "edit", coalesce=True))
    add(db, task("k3", 0, "card", "post", coalesce=True), task("k4", 0, "other", "edit", coalesce=True))
    with db.read() as conn:
        assert [row.key for row in tasks.due(conn, at(0))] == ["k1", "k3", "k4"]


def test_a_coalescing_task_is_added_when_the_other_is_already_being_done(db: Database) -> None:
    # the one in work may have looked at the incident before this change
    add(db, task("k1", 0, "card", "edit", coalesce=True))
    assert claim(db) == ["k1"]
    add(db, task("k2", 0, "card", "edit", coalesce=True))
    assert get(db, "k2").state == "pending"


def test_of_two_coalescing_tasks_added_together_one_stays(db: Database) -> None:
    add(db, task("k1", 0, "card", "edit", coalesce=True), task("k2", 0, "card", "edit", coalesce=True))
    with db.read() as conn:
        assert [row.key for row in tasks.due(conn, at(0))] == ["k1"]


def test_only_what_is_pending_can_be_cancelled(db: Database) -> None:
    add(db, task("reminder", 10), task("in work", 0), task("finished", 0))
    assert sorted(claim(db)) == ["finished", "in work"]
    with db.write() as conn:
        tasks.finish(conn, "finished", "w1", "ok")

    change(db, TaskChanges(cancel=("reminder", "in work", "finished", "unknown")), minute=3)

    assert get(db, "reminder").state == "cancelled"
    assert get(db, "reminder").done_at == at(3)
    assert get(db, "in work").state == "leased"
    assert get(db, "finished").state == "done"
    assert claim(db, 60) == []


def test_what_is_cancelled_makes_room_for_what_is_added_with_it(db: Database) -> None:
    add(db, task("k1", 0, "card", "edit", coalesce=True))
    change(db, TaskChanges(add=(task("k2", 0, "card", "edit", coalesce=True),), cancel=("k1",)))
    assert get(db, "k2").state == "pending"


# --- how a task ends ---


def test_a_finished_task_says_what_came_of_it(db: Database) -> None:
    add(db, task("sure"), task("unsure"), task("given up"))
    claim(db)
    with db.write() as conn:
        assert tasks.finish(conn, "sure", "w1", "posted", now=at(1))
        assert tasks.finish(conn, "unsure", "w1", "no answer", unsure=True)
        assert tasks.fail(conn, "given up", "w1", "channel_not_found", now=at(2))
    sure, unsure, given_up = get(db, "sure"), get(db, "unsure"), get(db, "given up")
    assert (sure.state, sure.unsure, sure.outcome, sure.done_at) == ("done", False, "posted", at(1))
    assert (unsure.state, unsure.unsure, unsure.outcome) == ("done", True, "no answer")
    assert (given_up.state, given_up.outcome, given_up.done_at) == ("failed", "channel_not_found", at(2))
    assert (sure.lease_owner, sure.lease_until) == (None, None)


def test_who_has_lost_the_lease_changes_nothing(db: Database) -> None:
    add(db, task("k1"))
    claim(db, machine=1000.0)
    with db.write() as conn:  # another replica, after the lease ran out
        tasks.claim(conn, now=at(0), machine_now=1031.0, lease_s=30, owner="w2")
        assert not tasks.finish(conn, "k1", "w1", "posted late")
        assert not tasks.fail(conn, "k1", "w1", "failed late")
        assert not tasks.retry(conn, "k1", "w1", 2000.0, "late")
        assert not tasks.finish(conn, "unknown", "w1", "never there")
    assert (get(db, "k1").state, get(db, "k1").lease_owner, get(db, "k1").outcome) == ("leased", "w2", None)


def test_a_retry_waits_for_machine_time_and_keeps_what_is_known(db: Database) -> None:
    add(db, task("k1"))
    claim(db, machine=1000.0)
    with db.write() as conn:
        assert tasks.retry(conn, "k1", "w1", 1060.0, "ratelimited")
        assert tasks.next_retry(conn) == 1060.0
    assert claim(db, minute=500, machine=1059.9) == []  # incident time may run as it likes
    with db.write() as conn:
        (again,) = tasks.claim(conn, now=at(0), machine_now=1060.0, lease_s=30, owner="w1")
    assert (again.attempts, again.was_leased, again.outcome) == (2, False, "ratelimited")


def test_an_attempt_that_may_have_gone_through_is_remembered(db: Database) -> None:
    add(db, task("k1"))
    claim(db)
    with db.write() as conn:
        tasks.retry(conn, "k1", "w1", 1001.0, "no answer in time", unsure=True)
        (second,) = tasks.claim(conn, now=at(0), machine_now=1001.0, lease_s=30, owner="w1")
        assert second.was_leased
        # the second attempt was surely refused; the first one stays unsure
        tasks.retry(conn, "k1", "w1", 1002.0, "ratelimited")
        (third,) = tasks.claim(conn, now=at(0), machine_now=1002.0, lease_s=30, owner="w1")
        assert third.was_leased
        tasks.finish(conn, "k1", "w1", "found in the thread")
    assert not get(db, "k1").unsure


def test_take_ends_a_pending_task_once(db: Database) -> None:
    add(db, task("reminder", 10), task("cancelled", 10), task("in work", 0))
    claim(db)
    change(db, TaskChanges(cancel=("cancelled",)))
    with db.write() as conn:
        assert tasks.take(conn, "reminder", now=at(10), outcome="fired")
        assert not tasks.take(conn, "reminder")
        assert not tasks.take(conn, "cancelled")
        assert not tasks.take(conn, "in work")
        assert not tasks.take(conn, "unknown")
    assert (get(db, "reminder").state, get(db, "reminder").done_at) == ("done", at(10))


def test_what_was_taken_in_a_block_that_failed_is_pending_again(db: Database) -> None:
    add(db, task("reminder"))

    def work() -> None:
        with db.write() as conn:
            assert tasks.take(conn, "reminder")
            raise RuntimeError("the decision failed")

    with pytest.raises(RuntimeError):
        work()
    assert get(db, "reminder").state == "pending"


# --- looking ---


def test_due_tasks_are_listed_by_kind_earliest_first(db: Database) -> None:
    add(
        db,
        task("late", 9, kind="remind"),
        task("early", 3, kind="remind"),
        task("post", 1),
        task("future", 99),
    )
    with db.read() as conn:
        assert [row.key for row in tasks.due(conn, at(10))] == ["post", "early", "late"]
        assert [row.key for row in tasks.due(conn, at(10), {"remind"})] == ["early", "late"]
        assert tasks.due(conn, at(0)) == []


def test_the_alarm_is_told_when_the_next_task_is_due(db: Database) -> None:
    with db.read() as conn:
        assert tasks.next_due(conn) is None
        assert tasks.next_retry(conn) is None
    add(db, task("now", 0), task("soon", 15), task("later", 30), task("cancelled", 5))
    change(db, TaskChanges(cancel=("cancelled",)))
    with db.read() as conn:
        assert tasks.next_due(conn) == at(0)
        assert tasks.first_after(conn, at(0)) == (at(15), "post")
    claim(db, machine=1000.0)
    with db.read() as conn:
        assert tasks.next_due(conn) == at(15)
        assert tasks.next_retry(conn) == 1030.0  # when the lease runs out


def test_busy_counts_what_is_leased_or_due(db: Database) -> None:
    add(db, task("a", 0), task("b", 0), task("c", 10))
    claim(db, limit=1)
    with db.write() as conn:
        assert tasks.busy(conn, at(0)) == 2
        tasks.retry(conn, "a", "w1", 9999.0, "ratelimited")
        assert tasks.busy(conn, at(0)) == 2  # one that waits for its retry is not idle
        assert tasks.busy(conn, at(10)) == 3
        for key in ("a", "b", "c"):
            tasks.take(conn, key)
        assert tasks.busy(conn, at(10)) == 0


def test_what_waits_behind_a_far_retry_of_its_lane_is_at_rest_too(db: Database) -> None:
    add(db, task("first", 0, lane="thread"), task("second", 0, lane="thread"), task("other", 0))
    claim(db, limit=1)
    with db.write() as conn:
        tasks.retry(conn, "first", "w1", 1060.0, "The bot is not a member.")
        assert tasks.busy(conn, at(0)) == 3
        assert tasks.busy(conn, at(0), until=1035.0) == 1
        assert tasks.busy(conn, at(0), until=1060.0) == 3


def test_trouble_is_what_failed_what_is_unsure_and_what_was_tried_often(db: Database) -> None:
    add(
        db, *(task(key, minute) for minute, key in enumerate(["failed", "unsure", "stubborn", "fine", "new"]))
    )
    claim(db, 3)
    with db.write() as conn:
        tasks.fail(conn, "failed", "w1", "no such channel")
        tasks.finish(conn, "unsure", "w1", "no answer", unsure=True)
        tasks.finish(conn, "fine", "w1", "posted")
        for attempt in range(2):
            tasks.retry(conn, "stubborn", "w1", 0.0, "ratelimited")
            assert tasks.troubled(conn)[2:] == []
            tasks.claim(conn, now=at(3), machine_now=1000.0 + attempt, lease_s=30, owner="w1")
        assert [row.key for row in tasks.troubled(conn)] == ["failed", "unsure", "stubborn"]
        assert [row.key for row in tasks.troubled(conn, attempts=4)] == ["failed", "unsure"]


# --- the one address a task may hold ---

ANSWER = {"thing": "card", "response_url": "https://hooks.example/T1/1/secret"}


def test_the_address_of_an_answer_is_blanked(db: Database) -> None:
    add(db, task("answer", ids=ANSWER))
    with db.write() as conn:
        tasks.blank_ids(conn, "answer", ["response_url", "no such id"])
        tasks.blank_ids(conn, "unknown", ["response_url"])
    assert get(db, "answer").ids == {"thing": "card", "response_url": ""}


def test_old_addresses_are_blanked_together(db: Database) -> None:
    add(db, task("old", ids=ANSWER), task("none", ids={"thing": "card"}), minute=0)
    add(db, task("young", ids=ANSWER), minute=20)
    with db.write() as conn:
        assert tasks.blank_old_ids(conn, ["response_url"], at(10)) == 1
        assert tasks.blank_old_ids(conn, ["response_url"], at(10)) == 0
    assert get(db, "old").ids["response_url"] == ""
    assert get(db, "young").ids == ANSWER
    assert get(db, "none").ids == {"thing": "card"}

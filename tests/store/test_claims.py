"""Who may do which task now: lanes in order, leases that run out, many workers and no task twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import monotonic, sleep

from ecomms_bot.incident.entry import Task, TaskChanges
from ecomms_bot.store import tasks
from ecomms_bot.store.engine import Database
from ecomms_bot.store.tasks import ClaimedTask
from tests.store.samples import at, task

PATIENCE_S = 60.0


def add(db: Database, *added: Task) -> None:
    with db.write() as conn:
        tasks.apply(conn, TaskChanges(add=added), at(0))


def claim(
    db: Database,
    minute: float = 60,
    *,
    machine: float = 1000.0,
    owner: str = "w1",
    limit: int = 10,
    kinds: set[str] | None = None,
    exclude: tuple[str, ...] = (),
) -> list[ClaimedTask]:
    with db.write() as conn:
        return tasks.claim(
            conn,
            now=at(minute),
            machine_now=machine,
            lease_s=30,
            owner=owner,
            limit=limit,
            kinds=kinds,
            exclude=exclude,
        )


def keys(claimed: list[ClaimedTask]) -> list[str]:
    return [task.key for task in claimed]


def finish(db: Database, key: str, owner: str = "w1") -> None:
    with db.write() as conn:
        assert tasks.finish(conn, key, owner, "ok")


def test_a_claimed_task_is_ours_until_the_lease_runs_out(db: Database) -> None:
    add(db, task("k1", 5))
    (got,) = claim(db, 5, machine=1000.0)
    assert (got.key, got.attempts, got.was_leased, got.due_at) == ("k1", 1, False, at(5))
    assert (got.state, got.lease_owner, got.lease_until) == ("leased", "w1", 1030.0)
    with db.read() as conn:
        row = tasks.get(conn, "k1")
    assert row is not None
    assert (row.state, row.lease_owner, row.lease_until, row.attempts) == ("leased", "w1", 1030.0, 1)


def test_nothing_is_claimed_before_its_time(db: Database) -> None:
    add(db, task("k1", 5))
    assert claim(db, 4.99) == []
    assert keys(claim(db, 5)) == ["k1"]


def test_a_lane_is_done_one_by_one_by_due_time_and_then_as_added(db: Database) -> None:
    add(db, task("third", 2, "lane"), task("first", 1, "lane"), task("second", 1, "lane"))
    order = []
    while got := claim(db):
        assert len(got) == 1
        order.append(got[0].key)
        assert claim(db) == []
        finish(db, got[0].key)
    assert order == ["first", "second", "third"]


def test_lanes_do_not_wait_for_each_other(db: Database) -> None:
    add(db, task("a1", 1, "a"), task("a2", 2, "a"), task("b1", 3, "b"), task("c1", 4, "c"))
    assert keys(claim(db, limit=2)) == ["a1", "b1"]
    assert keys(claim(db)) == ["c1"]


def test_an_earlier_task_that_comes_later_does_not_overtake_one_in_work(db: Database) -> None:
    add(db, task("in work", 5, "lane"))
    assert keys(claim(db)) == ["in work"]
    add(db, task("earlier", 1, "lane"))
    assert claim(db) == []
    finish(db, "in work")
    assert keys(claim(db)) == ["earlier"]


def test_a_lost_lease_is_taken_over_before_an_earlier_task_that_came_later(db: Database) -> None:
    add(db, task("in work", 5, "lane"))
    claim(db, machine=1000.0)
    add(db, task("earlier", 1, "lane"))
    (got,) = claim(db, machine=1030.0, owner="w2")
    assert got.key == "in work"


def test_a_failed_head_frees_its_lane_and_a_waiting_one_holds_it(db: Database) -> None:
    add(db, task("head", 1, "lane"), task("next", 2, "lane"))
    claim(db)
    with db.write() as conn:
        tasks.retry(conn, "head", "w1", 1010.0, "ratelimited")
    assert claim(db, machine=1009.0) == []
    assert keys(claim(db, machine=1010.0)) == ["head"]
    with db.write() as conn:
        tasks.fail(conn, "head", "w1", "no such channel")
    assert keys(claim(db)) == ["next"]


def test_a_cancelled_head_frees_its_lane(db: Database) -> None:
    add(db, task("head", 1, "lane"), task("next", 2, "lane"))
    with db.write() as conn:
        tasks.apply(conn, TaskChanges(cancel=("head",)), at(0))
    assert keys(claim(db)) == ["next"]


def test_what_was_to_be_done_at_once_is_done_although_the_clock_was_set_back(db: Database) -> None:
    # Given what was called for at minute 70, by a clock that was ahead, and what goes ahead of it:
    with db.write() as conn:
        tasks.apply(conn, TaskChanges(add=(task("post", 70, "lane"), task("root", 69, "lane"))), at(70))
        tasks.apply(conn, TaskChanges(add=(task("call", 70, kind="reminder"),)), at(71))
    # when it is minute 10 again, then that is done all the same, what goes ahead first,
    assert any_claimable(db, 10)
    assert keys(claim(db, 10)) == ["root"]
    finish(db, "root")
    assert keys(claim(db, 10)) == ["post"]
    # and what was called for since comes after it; only a reminder goes by its time.
    with db.write() as conn:
        tasks.apply(conn, TaskChanges(add=(task("next", 11, "lane"),)), at(11))
    assert claim(db, 11) == []
    finish(db, "post")
    assert keys(claim(db, 11)) == ["next"]
    finish(db, "next")
    with db.read() as conn:
        assert tasks.busy(conn, at(11)) == 0


def any_claimable(db: Database, minute: float = 60, *, machine: float = 1000.0) -> bool:
    with db.read() as conn:
        return tasks.any_claimable(conn, at(minute), machine, exclude={"reminder"})


def test_nobody_begins_to_write_for_what_waits(db: Database) -> None:
    """For its time, its retry, its turn, or somebody's lease: until that is over."""
    assert not any_claimable(db)
    add(db, task("head", 1, "lane"), task("next", 2, "lane"), task("call", 3, kind="reminder"))
    assert not any_claimable(db, 0)
    assert any_claimable(db)
    claim(db, machine=1000.0)
    assert not any_claimable(db, machine=1029.9)
    assert any_claimable(db, machine=1030.0)
    with db.write() as conn:
        tasks.retry(conn, "head", "w1", 1010.0, "ratelimited")
    assert not any_claimable(db, machine=1009.0)
    assert any_claimable(db, machine=1010.0)


def test_an_expired_lease_is_claimed_again_and_says_so(db: Database) -> None:
    add(db, task("k1"))
    claim(db, machine=1000.0, owner="crashed")
    assert claim(db, machine=1029.9, owner="w2") == []
    (got,) = claim(db, machine=1030.0, owner="w2")
    assert (got.key, got.attempts, got.was_leased, got.lease_owner) == ("k1", 2, True, "w2")


def test_should_two_of_a_lane_ever_be_lost_together_they_are_taken_over_one_by_one(db: Database) -> None:
    add(db, task("second", 2, "lane"), task("first", 1, "lane"))
    with db.write() as conn:
        conn.exec_driver_sql("UPDATE tasks SET state = 'leased', lease_owner = 'crashed', lease_until = 1.0")
    assert keys(claim(db)) == ["first"]
    finish(db, "first")
    assert keys(claim(db)) == ["second"]


def test_pushing_the_incident_clock_ends_no_lease(db: Database) -> None:
    add(db, task("k1"))
    claim(db, machine=1000.0)
    assert claim(db, minute=100_000, machine=1001.0) == []


def test_kinds_are_chosen_but_the_lane_counts_all(db: Database) -> None:
    add(db, task("remind", 1, "a", "remind"), task("post", 2, "a"), task("edit", 3, "b", "edit"))
    assert keys(claim(db, kinds={"post"})) == []
    assert keys(claim(db, exclude=("remind", "post"))) == ["edit"]
    assert keys(claim(db, kinds={"remind", "post"}, exclude=("post",))) == ["remind"]
    assert keys(claim(db, kinds=set())) == []


def test_a_claim_that_is_rolled_back_took_nothing(db: Database) -> None:
    add(db, task("k1"))
    with db.write() as conn:
        assert tasks.claim(conn, now=at(0), machine_now=1000.0, lease_s=30, owner="w1")
        conn.rollback()
    assert keys(claim(db)) == ["k1"]


def test_a_task_that_a_writer_counts_on_is_claimed_only_after_its_commit(postgres_db: Database) -> None:
    # given a card edit that waits, and a writer who adds no other because of it: claimed now, the card would
    # be rendered without what that writer has not committed yet
    add(postgres_db, task("edit", 0, "card", "edit", coalesce=True))
    with postgres_db.write() as conn:
        tasks.apply(conn, TaskChanges(add=(task("edit 2", 0, "card", "edit", coalesce=True),)), at(0))
        assert claim(postgres_db) == []
    assert keys(claim(postgres_db)) == ["edit"]


def test_many_threads_never_get_the_same_task(db: Database) -> None:
    add(db, *(task(f"k{number}", 0, f"lane {number % 20}") for number in range(60)))

    def work(worker: int) -> list[str]:
        done = []
        while got := claim(db, owner=f"w{worker}", limit=3):
            for one in got:
                finish(db, one.key, f"w{worker}")
                done.append(one.key)
        return done

    with ThreadPoolExecutor(8) as pool:
        done = Counter(key for keys in pool.map(work, range(8)) for key in keys)
    assert set(done.values()) <= {1}
    # a worker stops when all lanes are in others' hands; what is left then is done by one who comes later
    assert len(done) + len(work(9)) == 60


def _claim_all(url: str, owner: str, meeting: Path) -> list[str]:
    db = Database(url)
    (meeting / owner).touch()
    until = monotonic() + PATIENCE_S
    while len(list(meeting.iterdir())) < 2:  # so that they run at the same time
        assert monotonic() < until, "the other process did not come"
        sleep(0.001)
    got = []
    for _ in range(20):
        got += keys(claim(db, owner=owner, limit=2))
    db.dispose()
    return got


def test_two_processes_never_get_the_same_task(db: Database, db_url: str, tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    add(db, *(task(f"k{number}") for number in range(40)))
    with get_context("spawn").Pool(2) as pool:
        both = pool.starmap_async(_claim_all, [(db_url, "p1", meeting), (db_url, "p2", meeting)])
        first, second = both.get(2 * PATIENCE_S)
    assert len(first) + len(second) == 40
    assert not set(first) & set(second)

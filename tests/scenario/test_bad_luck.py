"""Approvals on a bad day: the only pio wrote it, everybody lives in another zone, the bot was away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ecomms_bot.practice.script import Member
from ecomms_bot.practice.stage import Stage, stage
from tests.books import FOLDER
from tests.scenario.acting import OFFICE, ZONE, Case, opens
from tests.scenario.aftermath import leave
from tests.scenario.site import Site, site

# --- the only approver is an author ---


def test_where_the_only_pio_wrote_it_others_are_asked_to_find_somebody(case: Case) -> None:
    # when Pia, the only pio, writes what the pio approves
    review = case.sends("pia")
    # then she reads that somebody else decides, and nothing is counted
    told = case.approves("pia").words
    assert "You wrote on this draft, so someone else decides: pio." in told
    assert "Your click was not counted." in told
    # and from the beginning the next lead is asked, who can let it out in the open
    assert "@Irene Wall" in review.plain()
    assert case.draft().status == "in review"
    case.clock("20:06")
    (asked,) = (each for each in case.dms("irene") if "waits for approval" in each.plain())
    assert [each for each in case.dms("pia") if "waits for approval" in each.plain()] == []
    assert "please find someone" in asked.plain()
    case.clicks("irene", case.last("review"), "Override, as pio or ic…")
    assert case.actor("irene").submits({"reason": "The only pio wrote it."}).ok
    assert case.draft().status == "approved"


# --- approval and edit at the same moment, on the screen ---


def test_who_approves_what_was_just_replaced_is_told_and_shown_the_new_words(case: Case) -> None:
    old = case.sends("mara")
    # given Mara sends other words while Pia reads the old ones
    new = case.sends("mara", road="Highway 1")
    answer = case.clicks("pia", old, "Approve").words
    assert "This is revision 1; revision 2 replaced it" in answer
    assert "your click was not counted" in answer
    assert case.entries("ApprovalGiven") == []
    assert case.clicks("pia", new, "Approve").ok
    assert case.draft().current.number == 2
    assert case.draft().status == "approved"


# --- reviewers in four zones while clocks change ---

FOUR = {
    "mara": Member(name="Mara Lund", roles=("communicator",)),
    "dale": Member(name="Dale Ito", roles=("sme",)),
    "pia": Member(name="Pia Sohal", roles=("pio",), zone="America/Halifax"),
    "irene": Member(name="Irene Wall", roles=("ic",), zone="Europe/London"),
    "uma": Member(name="Uma Berg", roles=("pio",), zone="UTC"),
    "otto": Member(name="Otto Reyes", roles=("observer",)),
}
REVIEWERS = ("dale", "pia", "irene", "uma")
CHANGES = [
    ("2021-10-31 00:45", "London falls back", ("18:05", "22:05", "01:05", "01:05"), "PDT"),
    ("2021-11-07 04:45", "Halifax falls back", ("22:05", "01:05", "05:05", "05:05"), "PDT"),
    ("2021-11-07 08:45", "Vancouver falls back", ("01:05", "05:05", "09:05", "09:05"), "PST"),
    ("2022-03-13 05:45", "Halifax springs forward", ("22:05", "03:05", "06:05", "06:05"), "PST"),
    ("2022-03-13 09:45", "Vancouver springs forward", ("03:05", "07:05", "10:05", "10:05"), "PDT"),
    ("2022-03-27 00:45", "London springs forward", ("18:05", "22:05", "02:05", "01:05"), "PDT"),
]
"""When it is submitted (UTC); then the time 20 minutes later on the clocks of Dale, Pia, Irene and Uma."""


@pytest.fixture(scope="module")
def _four_zones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("zones")
    with stage(
        folder,
        FOUR,
        starts=datetime(2021, 10, 1, tzinfo=UTC),
        zone=ZONE,
        database_url=f"sqlite:///{folder / 'ecomms.db'}",
        office=OFFICE,
        playbooks=FOLDER,
    ) as made:
        made.workspace.add_conversation("ops-desk", [*FOUR])
        yield made


@pytest.fixture
def zones(_four_zones: Stage) -> Iterator[Stage]:
    since = _four_zones.now
    yield _four_zones
    leave(_four_zones, since)


def on_to(on: Stage, moment: datetime) -> None:
    """Let time pass; what comes due on the way is done at its time."""
    for _ in on.until(moment):
        pass


def reminded(case: Case, who: str) -> list[str]:
    """What this person reads, drawn in their own zone."""
    return [each.plain() for each in case.dms(who) if "approval" in each.plain()]


@pytest.mark.parametrize(
    ("submitted", "change", "clocks", "letters"), CHANGES, ids=[each[1] for each in CHANGES]
)
def test_each_reviewer_is_reminded_at_the_right_moment_and_reads_it_on_their_own_clock(
    zones: Stage, submitted: str, change: str, clocks: tuple[str, ...], letters: str
) -> None:
    start = datetime.fromisoformat(submitted).replace(tzinfo=UTC)
    zones.set(start)
    case = opens(zones, name=change)
    # given a closure that sme, pio and ic decide within 20 minutes, in which a clock is changed
    review = case.sends("mara", "D3")
    wanted = start + timedelta(minutes=20)
    assert case.draft("D3").current.wanted_by.utc == wanted
    # then what is read aloud and what the public reads names the zone that holds at that time
    assert f", {clocks[0]} {letters}." in review.text.split("Wanted by", 1)[1].split("On X", 1)[0] + "."
    printed = case.draft("D3").current.texts["web"]["en"].split("Next update: by ", 1)[1]
    assert f" {letters}, or sooner" in printed
    # when half of the time has passed, and when all of it has, each is reminded, not a minute before
    for moment, count in ((wanted - timedelta(minutes=10), 1), (wanted, 2)):
        on_to(zones, moment - timedelta(minutes=1))
        assert {who: len(reminded(case, who)) for who in REVIEWERS} == dict.fromkeys(REVIEWERS, count - 1)
        on_to(zones, moment)
        assert {who: len(reminded(case, who)) for who in REVIEWERS} == dict.fromkeys(REVIEWERS, count)
    # and each reads the time on their own clock
    for who, clock in zip(REVIEWERS, clocks, strict=True):
        assert all(f"wanted by today at {clock}" in each for each in reminded(case, who)), who
    # and one approval of each role is enough, whatever their clocks say
    for who in ("dale", "uma", "irene"):
        assert case.approves(who, "D3").ok
    assert case.draft("D3").status == "approved"


# --- an escalation comes due while the bot is down ---


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def test_an_escalation_that_came_due_while_the_bot_was_down_comes_once_and_says_how_late(place: Site) -> None:
    with place.at_work() as on:
        case = opens(on)
        case.publishes("mara")
        case.sends("mara", "D4")
        case.approves("dale", "D4")
        identity, evening = case.id, case.evening
    # given the bot is down from 20:00 to 20:40; Pia was to decide by 20:15, and Irene to be called at 20:22
    place.clock.set(evening + timedelta(minutes=40), 0.0)
    for _ in range(2):  # and it is started once more after that
        with place.at_work() as on:
            case = Case(on, identity, evening)
            said = [each for each in case.messages("reminder") if "waits for approval" in each.plain()]
            # then Irene is called, once, and it says how late
            (call,) = said
            assert "@Irene Wall" in call.plain()
            assert "said 17 min late" in call.plain()
            # what came before it is pointless now
            assert [each for each in case.dms("pia") if "waits for approval" in each.plain()] == []
            assert "was wanted by today at 20:15, 25 min over" in case.types("otto", "status").words

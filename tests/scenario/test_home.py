"""App Home: what waits for me, what is promised, my drafts, the open incidents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenario.acting import GUEST, Case, office, opens, person
from tests.scenario.aftermath import leave


@pytest.fixture
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """With a bot of its own: whoever looked at their Home once has it drawn after all that they do."""
    with office(tmp_path_factory.mktemp("home")) as stage:
        since = stage.now
        yield opens(stage)
        leave(stage, since)


def words(case: Case, handle: str) -> str:
    """What this person's Home says now; "" if it was never drawn."""
    home = person(case.on, handle).home
    return home.plain() if home is not None else ""


def opens_home(case: Case, handle: str, *said: str) -> str:
    """Open the Home and wait until it says all of this: it is drawn aside, after the event was answered."""
    person(case.on, handle).open_home()
    return sees(case, handle, *said)


def sees(case: Case, handle: str, *said: str) -> str:
    case.on.workspace.wait_for(
        lambda: all(each in words(case, handle) for each in said),
        what=lambda: f"{said} in: {words(case, handle)}",
    )
    return words(case, handle)


def test_the_holder_sees_the_step_to_write_and_the_open_incident(case: Case) -> None:
    # given an exercise that Mara opened: she holds it
    # when she opens her Home, then it says what she has to write, and as of when
    seen = opens_home(case, "mara", "Waits for you", "Write Holding statement, due", "As of ")
    # and each line of an exercise carries the mark
    assert "EXERCISE - Write Holding statement" in seen
    assert "Open incidents" in seen


def test_who_has_nothing_to_do_is_told_so(case: Case) -> None:
    opens_home(case, "otto", "Nothing waits for you.")


def test_a_lead_sees_what_to_decide_and_it_goes_once_decided(case: Case) -> None:
    # given a draft in review
    case.writes("mara")
    case.actor("mara").submits()
    opens_home(case, "pia", "Decide on Holding statement, revision 1")
    # when Pia approves
    case.clicks("pia", case.last("review"), "Approve")
    # then her Home is drawn anew without being opened again
    sees(case, "pia", "Nothing waits for you.")
    # and the author is asked to post it, with the button to mark it
    opens_home(case, "mara", "Play Holding statement, then mark it")


def test_a_guest_sees_nothing_of_it(case: Case) -> None:
    assert "Highway" not in opens_home(case, GUEST, "Guests see nothing here.")


def test_who_could_not_be_told_from_a_guest_in_time_is_looked_at_again_before_anything_is_drawn(
    case: Case,
) -> None:
    case.on.workspace.faults.error("users.info", "internal_error")
    assert "Highway" not in opens_home(case, GUEST, "Guests see nothing here.")

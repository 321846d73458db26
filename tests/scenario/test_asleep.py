"""The pio sleeps: who is asked when, in the thread, directly and in the conversation, and the way on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenario.acting import Case, office, opens
from tests.scenario.aftermath import leave
from tests.scenario.test_home import opens_home

WHY = "The river rises, and nobody answers."


@pytest.fixture
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Theo is the deputy of Pia, the only pio."""
    with office(tmp_path_factory.mktemp("asleep"), deputies={"pio": ["theo"]}) as stage:
        since = stage.now
        yield opens(stage)
        leave(stage, since)


def asked(case: Case, handle: str) -> list[str]:
    """What this person was sent directly about the approval."""
    return [each.plain() for each in case.dms(handle) if "waits for approval" in each.plain()]


def in_the_thread(case: Case, step: str) -> list[str]:
    return [each.plain() for each in case.messages("reminder", step) if "approval" in each.plain()]


def called(case: Case) -> list[str]:
    """What was said to the next role up, where all read it."""
    said = [each for each in case.messages("reminder") if each.thread_ts is None]
    return [each.plain() for each in said if "waits for approval" in each.plain()]


def test_a_text_that_nobody_decides_goes_up_until_somebody_lets_it_out(case: Case) -> None:
    # given an update that sme and pio approve within 15 minutes, and an sme who did
    case.publishes("mara")
    case.sends("mara", "D4")
    case.approves("dale", "D4")
    # when half of that has passed, then Pia is reminded, in the thread and directly, and Dale is left alone
    case.clock("20:08")
    assert (len(asked(case, "pia")), asked(case, "dale"), asked(case, "theo")) == (1, [], [])
    assert "Read and decide" in asked(case, "pia")[0]
    assert len(in_the_thread(case, "D4")) == 1
    # when it has passed, then her deputy is asked too, and the card says that it waits
    case.clock("20:16")
    assert (len(asked(case, "pia")), len(asked(case, "theo"))) == (2, 1)
    assert "Deputies are asked too: @Theo Brandt." in in_the_thread(case, "D4")[-1]
    assert "was wanted by today at 20:15" in case.last("card").plain()
    assert "was wanted by today at 20:15, 1 min over" in case.types("otto", "status").words
    assert called(case) == []
    # when half of it has passed once more, then the ic is called in the conversation, with the way on
    case.clock("20:23")
    (call,) = called(case)
    assert "@Irene Wall" in call
    assert "Asked: @Pia Sohal, @Theo Brandt." in call
    message = next(each for each in case.messages("reminder") if "Override…" in each.buttons)
    case.clicks("irene", message, "Override…")
    assert case.actor("irene").submits({"reason": WHY}).ok
    assert case.draft("D4").status == "approved"
    # then nobody is asked any more.
    case.clock("21:30")
    assert len(called(case)) == 1
    assert len(asked(case, "pia")) == 2
    assert "may go out without all its approvals" in case.last("review", "D4").plain()


def test_an_approval_in_between_ends_it(case: Case) -> None:
    case.sends("mara")
    # given a statement that was wanted in 5 minutes: half of that is no time to remind anybody of
    case.clock("20:04")
    assert asked(case, "pia") == []
    case.clock("20:06")
    opens_home(case, "pia", "Decide on Holding statement, revision 1, was wanted by")
    opens_home(case, "mara", "Holding statement: in review, was wanted by")
    # when the deputy approves
    assert case.approves("theo").ok
    assert case.draft().status == "approved"
    # then the next role up never hears of it, and the card does not mark it any more.
    case.clock("20:59")
    assert called(case) == []
    assert "was wanted by" not in case.last("card").plain()
    opens_home(case, "mara", "Play Holding statement, then mark it")

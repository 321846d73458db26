"""App Home: a lead decides between sources on the phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenario.acting import Case, office, opens, person
from tests.scenario.aftermath import leave
from tests.scenario.test_home import opens_home, sees

LEVEL = "gauge_level_m"


@pytest.fixture
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """With a bot of its own, as in test_home."""
    with office(tmp_path_factory.mktemp("home")) as stage:
        since = stage.now
        yield opens(stage)
        leave(stage, since)


def test_a_lead_decides_from_there_and_it_goes_once_decided(case: Case) -> None:
    case.types("mara", f"facts {LEVEL} 3.4, operations")
    case.types("mara", f"facts {LEVEL} 2.5, media")
    # given a lead, who sees it with its button; a communicator does not
    opens_home(case, "pia", "River level, conflict: 2.5 m (media, today at 20:00) or 3.4 m (operations,")
    assert "conflict" not in opens_home(case, "theo", "As of ")
    # when she chooses one, and says why
    pia = person(case.on, "pia")
    assert pia.home is not None
    pia.home.press("Decide…")
    chosen = next(each for each in case.state.facts[LEVEL] if each.value == "3.4")
    reply = case.submits("pia", **{"This counts": chosen.id, "Why": "Measured on site."})
    # then she reads what the log keeps, and the line is gone
    assert reply.answer.updated
    assert pia.modal is not None
    assert "3.4 m" in pia.modal.plain()
    assert case.state.decided[LEVEL].person == pia.id
    sees(case, "pia", "Nothing waits for you.")

"""A text that says until when it holds asks to be renewed or taken down when that time comes."""

from __future__ import annotations

from tests.scenario.acting import Case
from tests.scenario.following import form_of, published


def advised(case: Case, until: str = "21:00") -> None:
    published(case, "X", "Web", step="D7", expires_at=until, road="Highway 7")


def test_it_asks_before_its_time_and_at_its_time(correcting: Case) -> None:
    case = correcting
    advised(case)
    case.clock("20:45")
    before = case.last("reminder", "D7")
    assert (
        "Travel advice, published today at 20:00, says it holds until today at 21:00, in 15 min."
        in before.plain()
    )
    assert "It stands on X and Web." in before.plain()
    assert "Travel advice held" not in case.last("card").plain()
    case.clock("21:00")
    assert "that is now" in case.last("reminder", "D7").plain()
    assert "It still stands on X and Web." in case.last("reminder", "D7").plain()
    told = "Travel advice held until today at 21:00 and still stands on X and Web"
    assert told in case.last("card").plain()
    assert told in case.types("otto", "status").words


def test_next_leads_to_a_text_that_holds_no_more(correcting: Case) -> None:
    case = correcting
    advised(case)
    case.clock("21:00")
    said = case.types("mara", "next").words
    assert "It still stands on X and Web." in said


def test_taken_down_everywhere_it_asks_no_more(correcting: Case) -> None:
    case = correcting
    advised(case)
    case.clock("21:00")
    case.clicks("mara", case.last("reminder", "D7"), "Taken down…")
    assert form_of(case).options("channels") == ["X", "Web"]
    assert case.submits("mara", channels=["X", "Web"], reason="The lane is closed.").answer.closed
    assert "still stands" not in case.last("card").plain()
    before = len(case.messages("reminder", "D7"))
    case.clock("21:35")
    assert len(case.messages("reminder", "D7")) == before


def test_renewed_by_an_update_it_asks_no_more(correcting: Case) -> None:
    case = correcting
    advised(case)
    case.clock("21:00")
    case.clicks("mara", case.last("reminder", "D7"), "Write update")
    form = form_of(case)
    assert "Updates: Travel advice, revision 1, posted today at 20:00 on X and Web." in form.plain()
    assert form.field("road") == "Highway 7"
    assert "Holds until had passed, so it is empty now." in form.plain()
    case.submits("mara", expires_at=case.at("23:00"))
    assert case.submits("mara").answer.closed
    case.approves("pia", "D7")
    assert case.marks("mara", "D7", channels=["X", "Web"]).answer.closed
    assert "still stands" not in case.last("card").plain()
    first = case.messages("publish", "D7")[0].plain()
    assert "Updated by Travel advice, revision 1, published today at 21:00 on X and Web." in first
    before = len(case.messages("reminder", "D7"))
    case.clock("21:35")
    assert len(case.messages("reminder", "D7")) == before

"""A lead who has read a text once sees which words are other ones now, and what is new for its readers."""

from __future__ import annotations

from typing import Any

from ecomms_bot.practice.workspace import Message
from tests.scenario.acting import Case


def marked(message: Message, style: str) -> list[str]:
    """The words of a message that are drawn in this style."""
    return [str(run["text"]) for run in runs(message.blocks) if run.get("style", {}).get(style)]


def runs(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        here = [node] if node.get("type") == "text" else []
        return here + [run for value in node.values() for run in runs(value)]
    return [run for each in node for run in runs(each)] if isinstance(node, list) else []


def test_a_lead_sees_what_the_author_changed_and_what_is_new_for_the_public(case: Case) -> None:
    # given the first update is out
    case.publishes()
    case.publishes(step="D4", news="Rescue teams are with the drivers.")
    published = case.state.drafts[case.state.steps["D4"].drafts[0]].current
    assert published.public_at is not None
    case.later(minutes=50)

    # when the next one is sent for approval
    first = case.sends("mara", "D4", news="All drivers are out.")

    # then it is compared with what the public read
    assert "New since the text played on" in first.plain()
    assert "All drivers are out" in marked(first, "bold")
    assert "Rescue teams are with the drivers" in marked(first, "strike")

    # and when it comes back and is sent again, with what the lead read, too
    case.sends_back("dale", "They are in Hope.", "D4")
    case.later(minutes=2)
    second = case.sends("mara", "D4", news="All drivers are in Hope.")
    said = second.plain()
    assert (
        said.index("They are in Hope.") < said.index("Changed since revision 1") < said.index("New since the")
    )
    assert "in Hope" in marked(second, "bold")
    assert "out" in marked(second, "strike")
    assert "“out” became “in Hope”" in second.notification()
    # the texts below stay whole
    texts = case.draft("D4").current.texts
    assert all(text in said for languages in texts.values() for text in languages.values())


def test_an_edit_of_the_times_alone_is_one_line(case: Case) -> None:
    case.sends("mara")
    case.later(minutes=5)

    review = case.sends("mara", label="Write new revision", next_update_at="21:15")

    said = review.plain()
    assert "Changed since revision 1: only the times." in said
    assert "9:15 p.m. PST (was 9" in said
    assert marked(review, "strike") == []

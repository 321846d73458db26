"""How an incident ended, and what could not be done on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.evolve import replay
from ecomms_bot.slack.cards import View, render
from ecomms_bot.slack.message import Message
from tests.slack.life import COMMUNICATOR, CONVERSATION, PIO, SME, Life
from tests.slack.looks import copied, quoted, words


def closing(life: Life) -> Message:
    return render("closing", life.view)


def test_the_closing_message_sums_the_incident_up() -> None:
    # Given three texts out: one promise kept, one 14 minutes late, the last one answered by the final text
    life = Life()
    life.published("D1", next_update=60)
    life.published("D4", "update", next_update=60)
    life.submit("D4", "update", next_update=240)
    life.approve("D4", SME, PIO)
    life.minutes(69)
    life.mark("D4", "x", "web")
    life.minutes(10)
    life.submit("D4", "final", next_update=None, no_promise_reason="the road is open")
    life.approve_all("D4")
    life.mark("D4", "x")

    # When it is closed
    life.minutes(20)
    life.close("The road is open to everyone.")

    said = words(closing(life))
    assert said.startswith(f"Highway 7 flooding was closed by <@{PIO}> on Sun 14 Nov, 21:49 PST.")
    assert quoted(closing(life)) == ["The road is open to everyone."]
    assert "It was open for 1 h 49 min." in said
    assert "4 messages published." in said
    assert "Promised updates kept: 2 of 3." in said


def test_the_full_head_of_the_log_stands_on_a_line_of_its_own() -> None:
    life = Life()
    life.close()
    end = life.state.closing
    assert end is not None

    message = closing(life)

    assert copied(message) == [f"{life.state.id}={end.seq}:{end.hash}"]
    assert len(end.hash) == 64
    assert f"The log has {end.seq} entries." in words(message)


def test_what_is_written_to_the_log_later_does_not_change_the_head_of_the_closing_message() -> None:
    life = Life()
    life.close()
    before = closing(life)

    life.posted("closing")

    assert closing(life) == before


def test_a_withdrawn_promise_is_not_counted_as_kept() -> None:
    life = Life()
    life.published("D1")

    life.close(withdraw="The road office takes over.")

    said = words(closing(life))
    assert "Promised updates withdrawn: 1." in said
    assert "kept" not in said


def test_an_approved_text_that_nobody_marked_is_named() -> None:
    life = Life()
    life.submit("D1")
    life.approve("D1", PIO)
    life.close()

    said = words(closing(life))

    assert "⚠️ Approved and never marked as published: Holding statement." in said
    assert "No messages published." in said
    assert "No update was promised." in said


# --- what could not be done ---


def failed(life: Life, thing: str = "card") -> str:
    """Record a failure; its thing."""
    problem = "The card could not be pinned: 100 messages are pinned here."
    life.do("bot", c.RecordFailure("k", "pin", thing, problem, "Unpin one & pin it <by hand>."))
    return things.trouble_thing(life.state.failures[-1].seq)


def test_trouble_says_what_was_not_done_and_what_to_do() -> None:
    life = Life()

    message = render(failed(life), life.view)

    assert message.text == (
        "Not done: The card could not be pinned: 100 messages are pinned here. "
        "What to do: Unpin one &amp; pin it &lt;by hand&gt;."
    )
    assert "What to do: Unpin one & pin it <by hand>." in words(message)


def test_trouble_in_a_direct_message_says_which_incident() -> None:
    life = Life()

    message = render(failed(life), life.view, kind="dm", user=COMMUNICATOR)

    assert f"Highway 7 flooding in <#{CONVERSATION}>. Not done:" in words(message)


def test_trouble_with_the_conversation_itself_has_no_link_to_it() -> None:
    life = Life(conversation=False)

    message = render(failed(life, things.CONVERSATION), life.view, kind="dm", user=COMMUNICATOR)

    assert message.text.startswith("Highway 7 flooding. Not done:")


# --- what was redacted ---


def redacted(life: Life, *types: str) -> View:
    """The incident as it reads once the content of these entries was lawfully redacted."""
    log = [replace(each, event=None) if each.type in types else each for each in life.log]
    return View(replay(life.state.id, log), life.roster, life.now)


def full_life() -> Life:
    life = Life()
    life.submit("D1")
    life.ask_for_changes("D1", "Which side?")
    life.submit("D1", area_description="just west of Hope")
    life.approve("D1", PIO)
    life.mark("D1", "x")
    life.fire_next()
    failed(life)
    life.close(withdraw="It is over.")
    return life


@pytest.mark.parametrize(
    "types",
    [
        ("RevisionSubmitted",),
        ("DraftSaved", "RevisionSubmitted"),
        ("ChangesAsked",),
        ("ApprovalGiven", "DraftApproved"),
        ("MarkedPublished",),
        ("PromiseMade",),
        ("ReminderFired",),
        ("EffectFailed",),
        ("IncidentClosed",),
        ("StepStarted", "DraftSaved", "RevisionSubmitted", "MarkedPublished"),
    ],
)
def test_everything_can_still_be_shown_after_a_redaction(types: tuple[str, ...]) -> None:
    life = full_life()
    view = redacted(life, *types)
    draft = life.draft("D1")
    fired = next(iter(life.state.fired))
    every = [
        "card",
        "step:D1",
        f"review:{draft.id}:1",
        f"review:{draft.id}:2",
        f"publish:{draft.id}:2",
        f"returned:{draft.id}:1",
        f"receipt:{draft.id}:{draft.marks[0].seq}",
        f"reminder:{fired}",
        f"trouble:{life.state.failures[0].seq}",
        "closing",
    ]

    for thing in every:
        message = render(thing, view)
        assert message.text
        assert message.blocks


def test_a_redacted_text_is_called_that() -> None:
    life = full_life()
    draft = life.draft("D1")

    view = redacted(life, "DraftSaved", "RevisionSubmitted")

    assert "redacted" in words(render(f"review:{draft.id}:2", view))
    assert "redacted" in words(
        render(f"reminder:{next(iter(life.state.fired))}", redacted(life, "ReminderFired"))
    )


def test_what_is_never_shown_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(LookupError):
        render("conversation", Life().view)

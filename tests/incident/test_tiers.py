"""*No change* and *Renew times*: the short way, only while every word but the times was approved before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ecomms_bot.incident.commands import AskForChanges, SubmitDraft
from ecomms_bot.incident.rules.drafts import last_approved, tier_for
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.drafting import text_sha256
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    IC,
    PIO,
    SME,
    Facts,
    Story,
    at,
    flood_with,
    texts_of,
)


@pytest.fixture
def story() -> Story:
    """The update of 20:00 is out; sme and pio approved it."""
    story = Story().open()
    story.publish("D1")
    story.publish("D4", "update")
    story.now = at(20, 40)
    return story


def tier(story: Story, step: str, kind: Any, *, renews: bool = False, facts: Facts | None = None) -> str:
    return story.submit(step, kind, renews=renews, facts=facts or {}).current.tier


def with_text(command: SubmitDraft, channel: str, old: str, new: str) -> SubmitDraft:
    texts = {**command.texts, channel: {"en": command.texts[channel]["en"].replace(old, new)}}
    assert texts != command.texts
    return replace(command, texts=texts, text_sha256=text_sha256(texts))


# --- No change


def test_no_change_with_the_same_facts_needs_the_pio_alone(story: Story) -> None:
    draft = story.submit("D4", "no-change")
    assert (draft.current.tier, draft.current.roles) == ("T0", ("pio",))
    assert draft.current.wanted_by.utc == at(20, 45)
    assert story.approve(draft, PIO).status == "approved"


@pytest.mark.parametrize(
    "facts",
    [
        {"road": "Highway 1"},
        {"closure_state": "one-lane"},
        {"area_description": "near Hope"},
        {"info_url": "https://other.example"},
    ],
)
def test_no_change_that_changes_a_word_needs_whom_the_step_asks_for(story: Story, facts: Facts) -> None:
    assert tier(story, "D4", "no-change", facts=facts) == "T1"


def test_no_change_before_any_approved_update_needs_whom_the_step_asks_for() -> None:
    story = Story().open()
    assert tier(story, "D4", "no-change") == "T1"


def test_what_was_submitted_and_not_approved_does_not_count(story: Story) -> None:
    # Given other words, sent back by the pio,
    other = {"road": "Highway 1"}
    draft = story.submit("D4", "update", facts=other)
    story.do(AskForChanges(draft.id, 1, "Not confirmed."), PIO)
    # then "no change" on those words has nothing approved to stand on.
    assert tier(story, "D4", "no-change", facts=other) == "T1"


def test_words_that_do_not_follow_from_the_facts_never_take_the_short_way(story: Story) -> None:
    # Given the facts of the approved update, but a text into which somebody wrote something else,
    command = with_text(story.submission("D4", "no-change"), "x", "No change.", "Bridge down.")
    story.do(command, COMMUNICATOR)
    # then the step's own roles look at it.
    assert story.state.drafts[command.draft].current.tier == "T1"


def test_a_value_too_long_to_be_filled_in_is_no_short_way(story: Story) -> None:
    command = story.submission("D4", "no-change")
    values = {**command.values, "road": "x" * 20_001}
    story.do(replace(command, values=values), COMMUNICATOR)
    assert story.state.drafts[command.draft].current.tier == "T1"


def test_other_kinds_have_the_tier_that_the_playbook_gives_them(story: Story) -> None:
    assert tier(story, "D4", "update") == "T1"
    assert Story().open().submit("D1").current.tier == "T0"
    assert Story().open().submit("D3").current.tier == "T2"


# --- Renew times


@pytest.fixture
def closure(story: Story) -> Story:
    """The road closure was approved at 20:40 by sme, pio and ic, and nobody has posted it."""
    story.approve(story.submit("D3", next_update=at(21, 40)), SME, PIO, IC)
    story.now = at(21, 45)
    return story


def test_renewed_times_of_equal_words_need_the_pio_alone(closure: Story) -> None:
    # When the promised time has passed, and a colleague renews the times,
    draft = closure.submit("D3", renews=True, by=COLLEAGUE, next_update=at(22, 45))
    # then it is revision 2 of the same draft, for the pio, and who clicked is an author.
    assert (draft.current.number, draft.current.tier, draft.current.renews) == (2, "T0", True)
    assert draft.authors == (COMMUNICATOR, COLLEAGUE)
    assert closure.approve(draft, PIO).status == "approved"


def test_renewed_times_with_another_word_need_the_whole_tier(closure: Story) -> None:
    assert tier(closure, "D3", "statement", renews=True, facts={"detour": "Highway 1"}) == "T2"


def test_renewed_times_of_a_text_that_was_shortened_by_hand_need_the_whole_tier(story: Story) -> None:
    # Given an approved closure whose author had dropped an optional part of the web text,
    command = story.submission("D3")
    command = with_text(command, "web", "Not known yet: when the road will open.", "")
    story.do(command, COMMUNICATOR)
    story.approve(story.state.drafts[command.draft], SME, PIO, IC)
    story.now = at(21, 45)
    # then the renewed text, which has that part again, is not the one that was approved.
    assert tier(story, "D3", "statement", renews=True) == "T2"


def test_only_an_approved_text_that_is_not_out_is_renewed(story: Story) -> None:
    draft = story.submit("D3")
    story.now = at(20, 45)
    with pytest.raises(Rejected, match="Only an approved text that is not out yet"):
        story.submit("D3", renews=True)
    story.mark(story.approve(draft, SME, PIO, IC))
    with pytest.raises(Rejected, match="Only an approved text that is not out yet"):
        story.submit("D3", renews=True)


def test_renewing_times_does_not_turn_a_text_into_another_kind(story: Story) -> None:
    story.approve(story.submit("D4", "update"), SME, PIO)
    with pytest.raises(Rejected, match="Only an approved text"):
        story.submit("D4", "no-change", renews=True)


def test_a_working_copy_that_somebody_began_survives_renewed_times(closure: Story) -> None:
    # Given a colleague's new words on the approved draft,
    begun = closure.save("D3", by=COLLEAGUE, facts={"detour": "Highway 1"}).working
    # when the communicator renews the times of the approved ones, the colleague's words are still there.
    draft = closure.submit("D3", renews=True, next_update=at(22, 45))
    assert (draft.status, draft.working, draft.kind) == ("in review", begun, "statement")


# --- The tier of a preview is the tier of the submission


def test_a_form_can_ask_which_tier_its_facts_would_have(story: Story) -> None:
    last = last_approved(story.state, "D4")
    assert last is not None
    same = story.values("D4", "no-change")
    assert tier_for(story.state, "D4", "no-change", same, last) == "T0"
    assert tier_for(story.state, "D4", "no-change", {**same, "road": "Highway 1"}, last) == "T1"
    assert tier_for(story.state, "D4", "no-change", same, None) == "T1"
    assert tier_for(story.state, "D4", "update", same, None) == "T1"


def test_the_last_approved_revision_is_the_step_s_own(story: Story) -> None:
    assert last_approved(story.state, "D3") is None
    first = last_approved(story.state, "D4")
    draft = story.approve(story.submit("D4", "update", facts={"road": "Highway 1"}), SME, PIO)
    assert last_approved(story.state, "D4") == draft.current != first


def test_a_playbook_without_the_bounded_tier_has_no_short_way() -> None:
    texts = texts_of("D4")
    texts["no-change"] = {**texts["no-change"], "tier": "CORR"}
    playbook = flood_with({"tier": "CORR"}, {}, {"texts": texts})
    playbook["tiers"] = {name: tier for name, tier in playbook["tiers"].items() if name != "T0"}
    story = Story().open(playbook=playbook)
    story.publish("D4", "update")
    assert tier(story, "D4", "no-change") == "CORR"

"""What an override, a second look and a taken-back approval say in Slack, and when they stop saying it."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Draft
from ecomms_bot.report.summary import figures, summarise
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.cards.home import Desktop, home
from tests.slack.life import COLLEAGUE, COMMUNICATOR, IC, PIO, PIO_2, SME, Life, bent
from tests.slack.looks import buttons, words

WHY = "The river rises."


def two(raw: dict[str, Any]) -> None:
    raw["tiers"]["T1"]["override"] = "two"


def in_turn(raw: dict[str, Any]) -> None:
    raw["tiers"]["T2"]["order"] = "sequence"


def override(life: Life, step: str, by: str = PIO) -> Draft:
    draft = life.draft(step)
    life.do(by, c.Override(draft.id, draft.current.number, draft.current.text_sha256, WHY))
    return life.draft(step)


def shown(life: Life, thing: str) -> str:
    return words(render(thing, life.view))


def said(life: Life, draft: Draft, number: int = 0) -> str:
    """The message of the draft's override."""
    return shown(life, things.override_thing(draft.id, life.state.drafts[draft.id].overridden_by[number].seq))


def labels(life: Life, thing: str) -> list[str]:
    return list(buttons(render(thing, life.view)))


def overridden(life: Life | None = None) -> tuple[Life, Draft]:
    life = life or Life()
    life.submit("D4", "update", next_update=60)
    return life, override(life, "D4")


def test_an_override_says_of_which_words_it_was_also_when_others_replaced_them() -> None:
    life, draft = overridden()
    assert "revision 1. Not approved by subject expert (sme) and public information officer (pio)." in said(
        life, draft
    )
    life.submit("D4", "update", next_update=90, renews=True)
    now = said(life, draft)
    assert "revision 1. Not approved by subject expert (sme)" in now
    assert "It does not count any more" in now
    assert "look at it once more" not in now


def test_an_override_that_two_have_to_give_says_so_until_they_did() -> None:
    life = Life(raw=bent(two))
    life, draft = overridden(life)
    thing = things.override_thing(draft.id, draft.overrides[0].seq)
    assert "another pio or ic has to do the same" in shown(life, thing)
    assert labels(life, thing) == ["Override…"]
    review = things.review_thing(draft.id, 1)
    assert "another pio or ic has to do the same" in shown(life, review)
    override(life, "D4", IC)
    assert "has to do the same" not in shown(life, review)
    assert "has to do the same" not in shown(life, thing)
    assert labels(life, thing) == ["It is right", "It is wrong…"]


def test_when_all_approvals_came_after_all_nothing_says_overridden() -> None:
    life = Life(raw=bent(two))
    life, draft = overridden(life)
    life.approve("D4", SME, PIO_2)
    assert "It was not needed: all approvals came after all." in said(life, draft)
    assert "overridden" not in shown(life, things.publish_thing(draft.id, 1))
    assert "overridden" not in shown(life, things.review_thing(draft.id, 1))


def test_after_the_end_nobody_is_asked_to_look_and_the_closing_says_that_nobody_did() -> None:
    life, draft = overridden()
    life.do(PIO, c.CloseIncident("Over."))
    assert "Nobody looked at it once more before the incident was closed." in said(life, draft)
    assert labels(life, things.override_thing(draft.id, draft.overrides[0].seq)) == []
    closing = shown(life, things.CLOSING)
    assert "Approvals overridden: 1." in closing
    assert "Let out and never looked at once more: Scheduled update" in closing


def test_one_of_two_at_the_end_says_that_nobody_did_the_same() -> None:
    life = Life(raw=bent(two))
    life, draft = overridden(life)
    life.do(PIO, c.CloseIncident("Over."))
    assert "nobody did the same. The incident is closed." in said(life, draft)


def test_the_card_shows_that_an_approval_was_overridden_until_somebody_looked() -> None:
    life, draft = overridden()
    card = shown(life, things.CARD)
    assert "approval overridden" in card
    assert "a second look by a lead who had no part in it" in card
    life.do(IC, c.GiveSecondReview(draft.id, 1, agrees=True))
    assert "a second look" not in shown(life, things.CARD)


def test_home_offers_the_second_look_to_leads_who_can_give_it() -> None:
    life, _ = overridden()

    def waits(person: str) -> bool:
        desk = Desktop(life.roster.person(person), [life.view], 1, life.now, "UTC")
        return "Look once more at" in str(home(desk))

    assert [waits(each) for each in (IC, PIO_2, PIO, COLLEAGUE, COMMUNICATOR)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_what_was_found_wrong_stands_beside_the_texts_to_post() -> None:
    life, draft = overridden()
    life.do(IC, c.GiveSecondReview(draft.id, 1, agrees=False, note="It is Highway 1."))
    assert "found it wrong: It is Highway 1." in shown(life, things.publish_thing(draft.id, 1))


def test_figures_count_overrides_and_second_looks() -> None:
    life, draft = overridden()
    rows = dict(figures(summarise(life.state), "UTC"))
    assert (rows["Approvals overridden"], rows["Second looks given"]) == ("1", "0 of 1")
    assert rows["Median time to approval"] == "none"
    life.do(IC, c.GiveSecondReview(draft.id, 1, agrees=True))
    assert dict(figures(summarise(life.state), "UTC"))["Second looks given"] == "1 of 1"
    assert dict(figures(summarise(Life().state), "UTC"))["Second looks given"] == "none needed"


# --- The reminder of a second look


def let_look_come_due(life: Life) -> None:
    life.minutes(16)
    life.fire()


def reminded(life: Life, draft: Draft) -> str:
    key = next(each for each in life.state.fired if each.startswith(f"second-review/{draft.id}"))
    return shown(life, things.reminder_thing(key))


def test_the_reminder_is_of_the_words_that_were_let_out() -> None:
    life, draft = overridden()
    life.mark("D4", "internal")
    let_look_come_due(life)
    assert "revision 1, was let out, and nobody else has looked at it since." in reminded(life, draft)
    life.do(IC, c.GiveSecondReview(draft.id, 1, agrees=True))
    assert "found it right" in reminded(life, draft)


def test_when_every_lead_had_a_part_in_it_the_reminder_asks_for_somebody_else() -> None:
    life = Life(roster=Roster({"communicator": (COMMUNICATOR,), "pio": (PIO,)}))
    life, draft = overridden(life)
    let_look_come_due(life)
    assert "Every lead had a part in it." in reminded(life, draft)


def test_a_reminder_of_what_was_replaced_asks_nobody() -> None:
    life, draft = overridden()
    let_look_come_due(life)
    life.submit("D4", "update", next_update=90, renews=True)
    assert "does not wait for a second look any more" in reminded(life, draft)


# --- Taken back


def stopped() -> tuple[Life, Draft, str]:
    life = Life()
    draft = life.submit("D1", next_update=60)
    life.approve("D1", PIO)
    life.do(PIO, c.TakeBackApproval(draft.id, 1))
    draft = life.draft("D1")
    return life, draft, things.taken_back_thing(draft.id, draft.current.stood[0].until.seq)


def test_what_was_stopped_says_so_until_it_is_approved_again_or_replaced() -> None:
    life, _, stop = stopped()
    assert "Do not post these texts." in shown(life, stop)
    assert labels(life, stop) == ["Mark as published"]
    life.approve("D1", PIO_2)
    assert "was approved again" in shown(life, stop)
    assert "Do not post" not in shown(life, stop)
    life.submit("D1", next_update=90)
    assert "revision 1: " in shown(life, stop)
    assert "Another revision has replaced it." in shown(life, stop)


@pytest.mark.parametrize("how", ["closed", "withdrawn"])
def test_what_was_stopped_and_ended_is_not_to_be_posted(how: str) -> None:
    life, draft, stop = stopped()
    if how == "closed":
        life.do(PIO, c.CloseIncident("Over."))
        assert "It was not approved again: the incident is closed." in shown(
            life, things.review_thing(draft.id, 1)
        )
    else:
        life.do(COMMUNICATOR, c.WithdrawDraft(draft.id))
    assert "Do not post these texts." in shown(life, stop)
    assert labels(life, stop) == []


# --- One after the other


def test_only_who_decides_next_is_asked() -> None:
    life = Life(raw=bent(in_turn))
    draft = life.submit("D3", next_update=60)
    asked = shown(life, things.review_thing(draft.id, 1)).splitlines()[0]
    assert f"<@{SME}>" in asked
    assert f"<@{PIO}>" not in asked
    life.approve("D3", SME)
    (first,) = life.draft("D3").current.passed_on
    turn = things.your_turn_thing(draft.id, first)
    assert shown(life, turn).startswith(f"<@{PIO}>, <@{PIO_2}>, it is your turn to decide on")
    assert labels(life, turn) == []
    life.approve("D3", PIO)
    assert "does not wait for this any more" in shown(life, turn)

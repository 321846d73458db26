"""Texts from their first words to their proof, their promises, and an override: part of the samples. Pure."""

from __future__ import annotations

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.events import Receipt
from ecomms_bot.slack import cards, forms, names, overriding, step_forms
from ecomms_bot.slack.sample_answers import opening_forms, writing_forms
from ecomms_bot.slack.sample_evening import WHY, Evening
from ecomms_bot.slack.sample_life import COMMUNICATOR, IC, PIO, SME
from ecomms_bot.slack.sample_partners import with_partners


def begin(evening: Evening) -> None:
    """Opened, reminded of the first step, written, sent back, written again."""
    life = evening.life
    step = things.step_thing("D1")
    opening_forms(evening)
    evening.show(things.CARD, "new")
    evening.show(step, "to do")
    evening.answer("opened", cards.render("", life.view, kind="answer", user=COMMUNICATOR))
    evening.form(step_forms.skip_form(evening.state, "D1"))
    evening.show(life.fire_next(), "step")
    life.submit("D1")
    draft = life.draft("D1")
    evening.show(things.review_thing(draft.id, 1), "waits")
    evening.show(step, "in review")
    evening.form(forms.reason_form(evening.state, names.CHANGES_FORM, draft, 1))
    evening.form(forms.reason_form(evening.state, names.DECLINE_FORM, draft, 1))
    evening.form(step_forms.withdraw_form(evening.state, draft))
    life.posted(things.review_thing(draft.id, 1), ts="1636999999.000100")
    evening.home(PIO, "who decides")
    life.ask_for_changes("D1", WHY)
    evening.show(things.returned_thing(draft.id, 1))
    evening.show(things.review_thing(draft.id, 1), "sent back")
    evening.show(step, "returned")
    writing_forms(evening, "D1")


def publish(evening: Evening) -> None:
    """Approved, reminded of marking, marked, corrected; the promise with its reminders; an update."""
    life = evening.life
    life.minutes(3)
    draft = life.submit("D1", area_description="just west of Hope")
    evening.show(things.review_thing(draft.id, 2), "changed")
    life.approve_all("D1")
    evening.show(things.review_thing(draft.id, 2), "approved")
    evening.show(things.publish_thing(draft.id, 2), "to be posted")
    evening.show(things.step_thing("D1"), "approved")
    life.do(PIO, c.TakeBackApproval(draft.id, 2))
    evening.show(things.taken_back_thing(draft.id, life.state.seq))
    evening.show(things.review_thing(draft.id, 2), "taken back")
    evening.show(things.publish_thing(draft.id, 2), "taken back")
    life.approve_all("D1")
    evening.show(life.fire_next(), "not marked")
    evening.form(forms.mark_form(evening.state, life.draft("D1"), evening.revision("D1"), life.now))
    receipt = life.mark("D1", "x", "web", "sms")
    evening.show(receipt, "recorded")
    evening.show(things.publish_thing(draft.id, 2), "posted")
    evening.form(step_forms.correct_form(evening.state, life.draft("D1"), evening.revision("D1")))
    life.do(COMMUNICATOR, c.CorrectReceipt(draft.id, 2, "sms", "It hung.", None))
    truth = Receipt(channel="web", attested_at=life.now, proof="https://www.example.org/7")
    life.do(COMMUNICATOR, c.CorrectReceipt(draft.id, 2, "web", "It was another page.", truth))
    evening.show(receipt, "corrected")
    evening.show(things.step_thing("D1"), "published")
    _promised(evening)
    evening.home(COMMUNICATOR, "who writes")


def _promised(evening: Evening) -> None:
    """Each point of a promised update, with and without a text that stands in its way."""
    life = evening.life
    for point in ("T-15", "T-5"):
        evening.show(life.fire_next(), f"promise {point}")
    late = life.submit("D4", "update", next_update=30)
    for point in ("T+0", "T+10"):
        thing = evening.reminded_of("promise", late_minutes=2)
        evening.show(thing, f"promise {point}")
        evening.show(thing, f"promise {point}, to one person", dm=True)
    life.approve_all("D4")
    evening.form(forms.mark_form(evening.state, late, evening.revision("D4"), life.now), "in time")
    evening.show(evening.reminded_of("unmarked-promise"), "the promised time of a text that is not marked")
    life.minutes(60)
    overdue = forms.mark_form(evening.state, late, evening.revision("D4"), life.now, interrupted=True)
    evening.form(overdue, "too late")
    evening.show(things.publish_thing(late.id, 1), "outdated")
    life.submit("D4", "update", next_update=40, renews=True)
    life.approve_all("D4")
    life.mark("D4", "x", "web", "sms", "internal")

    _overridden(evening)


def _overridden(evening: Evening) -> None:
    """A text that could not wait for its approvals, and who looks at it afterwards."""
    life = evening.life
    draft = life.submit("D4", "update", next_update=60)
    evening.show(things.review_thing(draft.id, 1), "new since what is out")
    for point in ("half the target", "the target", "to the next role up"):
        thing = evening.reminded_of("review")
        evening.show(thing, f"approval, {point}")
        evening.show(thing, f"approval, {point}, to one person", dm=True)
    evening.show(things.CARD, "waits for approval too long")
    evening.home(SME, "who did not decide in time")
    evening.form(overriding.override_form(evening.state, draft))
    life.do(PIO, c.Override(draft.id, 1, draft.current.text_sha256, WHY))
    said = things.override_thing(draft.id, life.draft("D4").overrides[0].seq)
    evening.show(said, "asks for a second look")
    evening.show(things.review_thing(draft.id, 1), "overridden")
    evening.show(things.publish_thing(draft.id, 1), "overridden")
    evening.form(overriding.second_look_form(evening.state, life.draft("D4")))
    life.mark("D4", "x", "web", "sms", "internal")
    evening.show(evening.reminded_of("second-review"), "a second look")
    life.do(IC, c.GiveSecondReview(draft.id, 1, agrees=False, note=WHY))
    evening.show(said, "found wrong")
    looked = life.draft("D4").current.second_review
    assert looked is not None
    evening.show(things.found_wrong_thing(draft.id, looked.seq))
    closure = life.submit("D3", next_update=60)
    life.approve("D3", SME)
    evening.show(things.your_turn_thing(closure.id, evening.state.seq))
    life.do(PIO, c.Override(closure.id, 1, closure.current.text_sha256, WHY))
    evening.show(things.override_thing(closure.id, life.draft("D3").overrides[0].seq), "asks for another")
    life.do(COMMUNICATOR, c.WithdrawDraft(closure.id))
    with_partners(life, evening.show, evening.form, evening.reminded_of)

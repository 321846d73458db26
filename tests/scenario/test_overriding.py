"""When approvals cannot be waited for, or should not have been given: override, second look, taking back."""

from __future__ import annotations

from tests.scenario.acting import Case

WHY = "The river rises, and nobody answers."
OVERRIDE = "Override, as pio or ic…"


def overrides(case: Case, handle: str) -> None:
    case.clicks(handle, case.last("review"), OVERRIDE)
    reply = case.actor(handle).submits({"reason": WHY})
    assert reply.ok, reply


def test_a_text_goes_out_on_one_leads_word_and_everybody_who_leads_is_told(case: Case) -> None:
    case.sends("mara")
    overrides(case, "irene")
    assert case.draft().status == "approved"
    told = case.last("override").plain()
    assert "@Pia Sohal" in told
    assert f"Why: {WHY}" in told
    assert "Approval overridden by @Irene" in case.last("review").plain()
    assert "Approval overridden by @Irene" in case.last("publish").plain()


def test_who_had_no_part_in_it_looks_at_it_once_more(case: Case) -> None:
    case.sends("mara")
    overrides(case, "irene")
    said = case.last("override")
    assert "so somebody else reviews it" in case.clicks("irene", said, "It is right").words
    assert "second look is in the log" in case.clicks("pia", said, "It is right").words
    assert "found it right" in case.last("override").plain()
    assert case.last("override").buttons == []


def test_what_is_found_wrong_is_told_to_who_has_to_put_it_right(case: Case) -> None:
    case.sends("mara")
    overrides(case, "irene")
    case.clicks("pia", case.last("override"), "It is wrong…")
    assert case.actor("pia").submits({"note": "It is Highway 1."}).ok
    found = case.last("found-wrong").plain()
    assert found.count("It is Highway 1.") == 1
    assert "@Mara Lund" in found


def test_who_may_not_override_is_told_so_before_a_form_opens(case: Case) -> None:
    review = case.sends("mara")
    assert "Only pio or ic may override an approval" in case.clicks("dale", review, OVERRIDE).words


def test_an_approval_taken_back_stops_who_is_about_to_post(case: Case) -> None:
    case.sends("mara")
    case.approves("pia")
    reply = case.clicks("pia", case.last("review"), "Take back my approval")
    assert "Your approval is taken back" in reply.words
    assert case.draft().status == "in review"
    stop = case.last("taken-back").plain()
    assert "@Mara Lund" in stop
    assert "Do not post these texts." in stop
    assert "Do not post these texts." in case.last("publish").plain()
    # and it can be approved again, by the same person.
    assert case.approves("pia").ok
    assert "is approved" in case.last("publish").plain()

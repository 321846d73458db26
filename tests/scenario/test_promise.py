"""The promise: the printed next update is the deadline, and it is never forgotten."""

from __future__ import annotations

from ecomms_bot.practice.workspace import Message
from tests.scenario.acting import Case


def in_the_conversation(case: Case) -> list[str]:
    """Reminders that everybody sees in the main flow."""
    return [each.plain() for each in case.messages("reminder") if each.thread_ts is None]


def reminder_of(case: Case, who: str, label: str) -> Message:
    """The newest direct message to this person that offers this button."""
    return [each for each in case.dms(who) if label in each.buttons][-1]


def promised_by_theo(case: Case) -> None:
    """Theo's holding statement is out at 20:00 and promises 21:05; Mara holds the incident."""
    case.publishes("theo")


def test_before_the_promised_time_author_and_holder_and_the_thread_are_reminded(case: Case) -> None:
    promised_by_theo(case)
    case.clock("20:49")
    assert case.messages("reminder") + case.dms("theo") + case.dms("mara") == []
    case.clock("20:50")
    # then both get one direct message that says which incident, and the thread has it too
    for who in ("theo", "mara"):
        (dm,) = case.dms(who)
        assert f"Highway 7 slides in #{case.conversation.name}" in dm.plain()
        assert "pdate promised for today at 21:05, in 15 min" in dm.plain()
    (said,) = case.messages("reminder", "D1")
    assert "(sent to the author and the holder of the incident)" in said.plain()
    assert "Last said" in said.plain()
    # and nobody else is bothered
    assert in_the_conversation(case) == []
    assert case.dms("pia") == []
    case.clock("21:00")
    assert "in 5 min" in case.dms("theo")[-1].plain()
    assert len(case.dms("theo")) == len(case.dms("mara")) == len(case.messages("reminder", "D1")) == 2


def test_one_person_who_is_author_and_holder_gets_one_direct_message(case: Case) -> None:
    case.publishes("mara")
    case.clock("20:50")
    assert len(case.dms("mara")) == 1


def test_at_the_promised_time_the_pio_and_ten_minutes_later_the_ic_are_called(case: Case) -> None:
    promised_by_theo(case)
    case.clock("21:05")
    (first,) = in_the_conversation(case)
    assert "@Pia Sohal, the update promised for today at 21:05 is not out." in first
    assert "Nobody has begun to write it." in first
    assert "late" not in first  # nothing calls it missed before five minutes have passed
    case.clock("21:15")
    assert len(in_the_conversation(case)) == 2
    assert (
        "@Irene Wall, the update promised for today at 21:05 is 10 min late." in in_the_conversation(case)[-1]
    )
    # and that is the last of it
    case.clock("23:00")
    assert len(in_the_conversation(case)) == 2


def test_the_call_names_what_stands_in_the_way(case: Case) -> None:
    promised_by_theo(case)
    case.sends("theo", "D4")
    case.clock("21:05")
    assert "waits for approval by sme and pio" in in_the_conversation(case)[-1]
    case.approves("dale", "D4")
    case.approves("pia", "D4")
    case.clock("21:15")
    (called,) = [each for each in in_the_conversation(case) if "@Irene Wall, the update" in each]
    assert "is approved since today at 21:05 and not marked as played" in called


def test_an_update_in_time_keeps_the_promise_and_makes_the_next_one(case: Case) -> None:
    promised_by_theo(case)
    case.clock("20:40")
    case.publishes("mara", "D4")
    first, second = case.state.promises.values()
    assert (first.status, second.status) == ("kept", "live")
    assert "The update promised for today at 21:05 is out: kept." in case.last("receipt", "D4").plain()
    # then the reminders of the first one never come
    case.clock("21:16")
    assert case.dms("theo") == []
    assert in_the_conversation(case) == []


def test_up_to_five_minutes_late_counts_as_kept(case: Case) -> None:
    promised_by_theo(case)
    case.clock("21:09")
    case.publishes("mara", "D4")
    assert [each.status for each in case.state.promises.values()] == ["kept", "live"]
    assert "kept, 4 min late" in case.last("receipt", "D4").plain()


def test_later_than_that_it_is_late_and_says_by_how_much(case: Case) -> None:
    promised_by_theo(case)
    case.clock("21:19")
    case.publishes("mara", "D4")
    assert [each.status for each in case.state.promises.values()] == ["late", "live"]
    assert "Update out, 14 min late" in case.last("receipt", "D4").plain()


def test_what_counts_is_the_time_at_which_it_was_posted(case: Case) -> None:
    promised_by_theo(case)
    case.clock("21:00")
    case.sends("mara", "D4")
    case.approves("dale", "D4")
    case.approves("pia", "D4")
    case.clock("21:20")
    case.marks("mara", "D4", attested_at="21:03")
    assert next(iter(case.state.promises.values())).status == "kept"


def test_a_reminder_is_put_off_once_by_five_or_ten_minutes(case: Case) -> None:
    promised_by_theo(case)
    case.clock("20:50")
    dm = reminder_of(case, "theo", "Snooze 10 min")
    reply = case.clicks("theo", dm, "Snooze 10 min")
    assert "I will remind you again today at 21:00. The promise stays." in reply.words
    assert len(case.entries("ReminderSnoozed")) == 1
    # once is all there is
    reply = case.clicks("theo", dm, "Snooze 5 min")
    assert "This reminder was put off once already." in reply.words
    # then it comes again, once, and the pio is called at the promised time as before
    case.clock("21:00")
    assert len(case.dms("theo")) == 2
    case.clock("21:05")
    assert len(in_the_conversation(case)) == 1


def test_what_is_overdue_cannot_be_put_off(case: Case) -> None:
    promised_by_theo(case)
    case.clock("21:05")
    dm = reminder_of(case, "theo", "Snooze 5 min")
    reply = case.clicks("theo", dm, "Snooze 5 min")
    assert "that cannot be put off any more" in reply.words


def test_no_change_is_one_click_to_send_the_same_facts_with_new_times(case: Case) -> None:
    # given an update that is out and a promise that comes near
    case.publishes("mara")
    case.publishes("mara", "D4")
    promise = case.state.live_promises[0].due.utc
    case.on.set(promise)
    reply = case.clicks("mara", reminder_of(case, "mara", "No change"), "No change")
    preview = case.actor("mara").person.modal
    assert preview is not None, reply.words
    assert "No change." in preview.plain()
    assert "Approval: public information officer (pio)" in preview.plain()
    case.submits("mara")
    draft = case.draft("D4")
    assert (draft.kind, draft.current.tier, draft.current.roles) == ("no-change", "T0", ("pio",))
    case.approves("pia", "D4")
    assert case.marks("mara", "D4").answer.closed
    assert case.state.live_promises[0].due.utc > promise


def test_no_change_asks_for_the_facts_that_nobody_has_said_yet(case: Case) -> None:
    # given only a holding statement is out: the state of the road and the advice were never said
    case.publishes("mara")
    case.clicks("mara", case.last("step", "D4"), "No change")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.submit_text == "Next"
    assert modal.field("Road") == "Highway 7"
    assert modal.field("State of the road") is None
    case.submits("mara", closure_state="closed", road_advice="other-route")
    case.submits("mara")
    # then it is no cleared wording any more: facts are new, so the step's own tier approves
    assert case.draft("D4").current.tier == "T1"


def test_a_promise_of_less_than_twenty_minutes_has_no_reminder_at_t_15(case: Case) -> None:
    case.publishes("mara", next_update_at="20:18")
    case.clock("20:12")
    assert case.dms("mara") == []
    case.clock("20:13")
    assert "in 5 min" in case.dms("mara")[0].plain()


def test_a_step_with_a_due_time_reminds_its_holder_once(case: Case) -> None:
    case.clock("20:15")
    (dm,) = case.dms("mara")
    assert "Holding statement was due today at 20:15 and is not submitted." in dm.plain()
    case.clock("20:40")
    assert len(case.dms("mara")) == 1
    # and its button opens the form, from the direct message too
    case.clicks("mara", dm, "Write draft")
    assert case.actor("mara").person.modal is not None


def test_after_closing_nothing_reminds_any_more(case: Case) -> None:
    promised_by_theo(case)
    case.clock("20:50")
    said = len(case.dms("mara")), len(case.messages("reminder"))
    case.closes("pia", withdraw_reason="The road list takes over.")
    case.clock("21:20")
    assert (len(case.dms("mara")), len(case.messages("reminder"))) == said

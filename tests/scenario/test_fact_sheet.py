"""The fact sheet in Slack: sources that disagree, a lead who decides, texts that say the old number."""

from __future__ import annotations

from ecomms_bot.practice.workspace import Message
from tests.scenario.acting import Case, Reply, lost_ack
from tests.scenario.test_facts import form

LEVEL = "gauge_level_m"


def says(case: Case, number: str, source: str, who: str = "mara") -> Reply:
    """Somebody records how high the river is."""
    return case.types(who, f"facts {LEVEL} {number}, {source}")


def is_out(case: Case) -> None:
    """An update is out that says 2.8 m, as operations measured."""
    says(case, "2.8", "operations")
    case.publishes("mara", "D4", gauge_level_m="2.8")
    case.later(minutes=10)


def decides(case: Case, who: str, message: Message, label: str, **fields: object) -> Reply:
    reply = case.clicks(who, message, label)
    assert case.actor(who).person.modal is not None, reply.words
    return case.submits(who, **{"Why": "Measured on site.", **fields})


def test_two_sources_disagree_until_a_lead_decides_and_then_the_text_can_go(case: Case) -> None:
    # given an update that says what operations measured
    says(case, "3.4", "operations")
    written = case.writes("mara", "D4", gauge_level_m="3.4")
    assert written.answer.pushed
    # when the media say otherwise before it is sent
    told = says(case, "2.5", "media", "theo")
    assert "River level: sources disagree." in told.words
    assert "can decide." in told.words
    # then it is not sent, and what was typed stays
    refused = case.submits("mara")
    assert refused.answer.updated
    shown = form(case).plain()
    assert "Nothing was sent, because sources disagree since. Your words are kept." in shown
    assert "Must be changed River level, conflict: 2.5 m (media," in shown.replace("*", "")
    case.actor("mara").leaves()
    # and beside the field it stands what each of them says
    case.clicks("mara", case.last("step", "D4"), "Write update")
    hint = form(case).hint("River level (m)")
    assert hint is not None
    assert "Conflict: 2.5 m, media, " in hint
    assert "; or 3.4 m, operations, " in hint
    assert form(case).field("River level (m)") == "3.4"
    case.actor("mara").leaves()
    # when a lead decides in the conversation
    conflict = case.last("changed-fact")
    assert "River level, conflict: 2.5 m (media, today at 20:00) or 3.4 m" in conflict.plain()
    assert decides(case, "dale", conflict, "Use 3.4 m…").answer.closed
    # then the conversation and the log say so, and the text can go
    assert "3.4 m (operations, today at 20:00) counts now." in case.last("changed-fact").plain()
    assert "Decided by @Dale Ito" in case.last("changed-fact").plain()
    assert len(case.messages("changed-fact")) == 1
    case.writes("mara", "D4")
    assert case.submits("mara").answer.closed
    review = case.last("review", "D4").plain()
    assert "River level: 3.4 m (operations, today at 20:00), nobody confirmed it" in review


def test_a_fact_that_changed_flags_what_is_out_and_its_update_begins_with_it(case: Case) -> None:
    is_out(case)
    assert case.messages("changed-fact") == []
    # when the source measures anew
    told = says(case, "3.4", "operations")
    assert "1 message says 2.8 m (operations," in told.words
    # then the conversation, the card, the text and its receipt say so
    message = case.last("changed-fact")
    assert "3.4 m (operations, today at 20:10) counts now." in message.plain()
    assert "1 message says 2.8 m (operations, today at 20:00)." in message.plain()
    assert "1 message says 2.8 m; 3.4 m counts now" in case.last("card").plain()
    for kind in ("publish", "receipt"):
        assert "counts now; this text says 2.8 m" in case.last(kind, "D4").plain()
    # and who wants to read it sees its words
    shown = case.clicks("otto", message, "Show messages")
    assert "Scheduled update, revision 1, played on" in shown.words
    assert "says 2.8 m." in shown.words
    # when somebody prepares the update
    case.clicks("theo", message, "Prepare update")
    assert form(case, "theo").field("River level (m)") == "3.4"
    case.actor("theo").leaves()
    # then, once it is out, nothing is flagged any more
    case.publishes("theo", "D4", gauge_level_m="3.4")
    assert "No text says anything else now." in case.last("changed-fact").plain()
    assert "River level" not in case.last("card").plain()


def test_a_draft_that_says_the_old_number_is_filled_in_anew_and_says_so(case: Case) -> None:
    says(case, "2.8", "operations")
    case.writes("mara", "D4", gauge_level_m="2.8")
    case.actor("mara").leaves()
    case.later(minutes=5)
    says(case, "3.4", "operations")
    case.clicks("mara", case.last("step", "D4"), "Write update")
    assert form(case).field("River level (m)") == "3.4"
    assert "River level is 3.4 m now (operations, today at 20:05), and filled in so." in form(case).plain()
    assert "This draft said 2.8 m." in form(case).plain()
    # but who types another one knows better, and is asked to look again
    pushed = case.submits("mara", gauge_level_m="3.3")
    assert pushed.answer.pushed
    assert "Look again River level: the fact sheet says 3.4 m (operations," in form(case).plain().replace(
        "*", ""
    )
    assert case.submits("mara").answer.closed
    # and so are those who decide
    told = "River level: the fact sheet says 3.4 m (operations, today at 20:05); this text says 3.3 m."
    assert told in case.last("review", "D4").plain()
    # until somebody records it
    says(case, "3.3", "operations")
    assert "the fact sheet says" not in case.last("review", "D4").plain()


def test_who_decides_goes_on_with_the_update_in_the_same_window(case: Case) -> None:
    is_out(case)
    says(case, "3.4", "operations")
    says(case, "2.5", "media")
    reply = decides(case, "pia", case.last("changed-fact"), "Use 3.4 m and update…")
    assert reply.answer.updated
    assert form(case, "pia").field("River level (m)") == "3.4"
    assert case.state.decided[LEVEL].reason == "Measured on site."


def test_the_old_number_can_be_kept(case: Case) -> None:
    is_out(case)
    says(case, "3.4", "operations")
    reply = decides(case, "pia", case.last("changed-fact"), "Keep 2.8 m…")
    assert reply.answer.closed
    message = case.last("changed-fact").plain()
    assert "not 3.4 m any more. 2.8 m (operations, today at 20:00) counts now." in message
    assert "No text says anything else now." in message


def test_a_reason_is_needed(case: Case) -> None:
    says(case, "3.4", "operations")
    says(case, "2.5", "media")
    reply = decides(case, "pia", case.last("changed-fact"), "Use 2.5 m…", Why="   ")
    assert list(reply.answer.errors) == ["Why"]
    assert case.entries("FactDecided") == []


def test_late_and_doubled_clicks_and_those_without_the_role_change_nothing(case: Case) -> None:
    says(case, "3.4", "operations")
    says(case, "2.5", "media")
    # given two leads who open the form at once
    conflict = case.last("changed-fact")
    case.clicks("pia", conflict, "Use 3.4 m…")
    case.clicks("irene", conflict, "Use 2.5 m…")
    assert case.submits("pia", Why="Measured on site.").answer.closed
    # then the second is told who decided
    second = case.submits("irene", Why="On the radio.")
    assert not second.answer.closed
    assert "@Pia Sohal decided" in form(case, "irene").plain()
    case.actor("irene").leaves()
    # nor does the form open any more
    assert "@Pia Sohal decided" in case.clicks("irene", conflict, "Use 2.5 m…").words
    assert case.actor("irene").person.modal is None
    # and a communicator who does not run the incident may not
    reply = case.clicks("theo", conflict, "Use 2.5 m…")
    assert "may decide which source counts, and you are not one of them" in reply.words
    assert case.actor("theo").person.modal is None
    assert len(case.entries("FactDecided")) == 1


def test_a_decision_that_arrives_twice_is_made_once(case: Case) -> None:
    says(case, "3.4", "operations")
    says(case, "2.5", "media")
    case.clicks("pia", case.last("changed-fact"), "Use 3.4 m…")
    with lost_ack(case.on, "view_submission"):
        assert case.submits("pia", Why="Measured on site.").answer.error
    case.submits("pia")
    assert "counts already. Nothing was decided twice. @Pia Sohal decided it" in form(case, "pia").plain()
    assert len(case.entries("FactDecided")) == 1


def test_a_lead_confirms_what_somebody_else_recorded(case: Case) -> None:
    says(case, "2.8", "operations")
    (sheet,) = case.types("dale", "facts").messages
    assert "Confirmed. River level: 2.8 m" in case.clicks("dale", sheet, "Confirm").words
    assert "You confirmed it already." in case.clicks("dale", sheet, "Confirm").words
    (again,) = case.types("dale", "facts").messages
    assert "confirmed by @Dale Ito" in again.plain()
    assert again.buttons == ["Add a fact…"]
    # who is no lead has no such button
    assert case.types("theo", "facts").messages[0].buttons == ["Add a fact…"]
    # what was said meanwhile is looked at first
    says(case, "2.9", "operations")
    assert "operations says 2.9 m since" in case.clicks("pia", sheet, "Confirm").words
    assert len(case.entries("FactVerified")) == 1


def test_who_records_it_may_say_that_it_replaces_what_others_said(case: Case) -> None:
    says(case, "3.4", "operations")
    (sheet,) = case.types("pia", "facts").messages
    case.clicks("pia", sheet, "Add a fact…")
    case.actor("pia").person.fill({"What it is about": "River level"})
    fields = {"River level (m)": "2.5", "Who says so": "police", "If another source said otherwise": ["yes"]}
    reply = case.submits("pia", **fields)
    assert reply.answer.closed, reply.words
    assert "sources disagree" not in reply.words
    fact = case.state.fact(LEVEL)
    assert fact is not None
    assert (fact.value, fact.replaces) == ("2.5", True)
    # who may not decide that is told what happens instead
    (sheet,) = case.types("theo", "facts").messages
    case.clicks("theo", sheet, "Add a fact…")
    case.actor("theo").person.fill({"What it is about": "River level"})
    assert "If another source says otherwise, both are kept until a lead" in form(case, "theo").plain()


def test_a_fact_that_is_known_until_a_time_is_reminded_of_and_recorded_anew(case: Case) -> None:
    (sheet,) = case.types("mara", "facts").messages
    case.clicks("mara", sheet, "Add a fact…")
    case.actor("mara").person.fill({"What it is about": "River level"})
    fields = {"River level (m)": "2.8", "Who says so": "operations", "Known until": case.at("21:00")}
    reply = case.submits("mara", **fields)
    assert reply.answer.closed, reply.words
    case.publishes("mara", "D4", gauge_level_m="2.8")
    # when the time has come
    case.clock("21:01")
    (ended,) = (each for each in case.dms("mara") if "was known until" in each.plain())
    assert (
        "River level: 2.8 m was known until today at 21:00. Source: operations. Ask what is so"
        in ended.plain()
    )
    assert "1 message says it." in ended.plain()
    (sheet,) = case.types("mara", "facts").messages
    assert "was known until today at 21:00, and that has passed" in sheet.plain()
    # and somebody asked
    case.clicks("mara", ended, "Still so…")
    assert form(case).field("Who says so") == "operations"
    assert case.submits("mara").answer.closed
    assert len(case.state.facts[LEVEL]) == 2
    assert "River level" not in case.last("card").plain()


def test_one_fact_is_shown_with_what_was_said_before(case: Case) -> None:
    says(case, "2.8", "operations")
    case.later(minutes=5)
    says(case, "2.9", "operations")
    shown = case.types("otto", "facts river level").words
    assert "River level: 2.9 m · operations, today at 20:05" in shown
    assert "Said before, the newest first:" in shown
    assert "2.8 m · operations, today at 20:00" in shown


def test_when_what_was_told_before_counts_again_the_later_message_leads_back_to_it(case: Case) -> None:
    is_out(case)
    says(case, "3.4", "operations")
    says(case, "2.5", "media")
    first, second = case.messages("changed-fact")
    assert decides(case, "dale", second, "Use 3.4 m and update…").answer.updated
    case.actor("dale").leaves()
    # then the message below says who decided, and leads to the one above, where the buttons are
    above, below = case.messages("changed-fact")
    assert "Decided by @Dale Ito" in below.plain()
    assert "What to do about it stands in another message." in below.plain()
    assert f"/p{first.ts.replace('.', '')}|another message>" in str(below.blocks)
    assert below.buttons == []
    assert "Prepare update" in above.buttons

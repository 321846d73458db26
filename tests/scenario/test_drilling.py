"""`/ecomms drill`: a drill that people take part in, from its list to its debrief."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from ecomms_bot.incident.ids import make_id
from ecomms_bot.playbook.exercise import is_marked
from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Message
from tests.scenario.acting import VANCOUVER, Actor, Case, Reply, opens, person
from tests.scenario.site import site

TITLE = "A short river night"


def begins(on: Stage, who: str = "mara", **fields: str) -> Case:
    """Start the drill from its list."""
    actor = Actor(on, who)
    (listed,) = actor.types("drill").messages
    presses(actor, listed)
    modal = actor.person.modal
    assert modal is not None
    reply = actor.submits(fields)
    assert reply.answer.closed, reply.words
    return Case(on, make_id("i", modal.id), on.now.astimezone(VANCOUVER))


def presses(actor: Actor, listed: Message) -> Reply:
    """The button of this drill; others that ship are in the list as well."""
    seen = actor.personal()
    return actor.reply(actor.person.click(listed, "Start…", "short-river"), seen)


def injects(case: Case) -> list[Message]:
    return case.messages("inject")


def says(case: Case, who: str, message: Message, text: str) -> None:
    person(case.on, who).say(case.conversation, text, thread=message)
    case.on.heard()


def test_the_list_names_every_drill_with_a_button(stage: Stage) -> None:
    (listed,) = Actor(stage, "otto").types("drill").messages
    assert f"{TITLE} (short-river) · 40 min · 3 injects · playbook flood" in listed.plain()
    assert "Start…" in listed.buttons


def test_who_may_not_open_an_incident_may_not_begin_one(stage: Stage) -> None:
    otto = Actor(stage, "otto")
    (listed,) = otto.types("drill").messages
    assert "Only communicators and leads may open an incident" in presses(otto, listed).words
    assert "Only communicators and leads may open an incident" in otto.types("drill short-river").words


def test_an_unknown_name_is_told_with_those_there_are(stage: Stage) -> None:
    reply = Actor(stage, "mara").types("drill volcano")
    assert "There is no drill “volcano”. Those there are:" in reply.words
    assert "short-river" in reply.words


def test_its_form_is_filled_in_and_is_an_exercise_whatever_is_sent(stage: Stage) -> None:
    mara = Actor(stage, "mara")
    mara.types("drill A short river night")
    modal = mara.person.modal
    assert modal is not None
    assert modal.title == "EXERCISE - Start drill"
    assert modal.field("Name") == "Chilliwack River rising"
    assert "It is an exercise" in modal.plain()
    assert mara.submits().answer.closed
    case = Case(stage, make_id("i", modal.id), stage.now.astimezone(VANCOUVER))
    assert case.state.exercise
    assert case.state.drill is not None
    assert case.state.drill.id == "short-river"


def test_a_drill_is_played_from_its_briefing_to_its_debrief(stage: Stage) -> None:
    case = begins(stage)
    # given the briefing, below the card
    assert "You speak for the ministry." in case.last("briefing").plain()
    assert f"Drill {TITLE} until" in case.last("card").plain()
    # when the first call comes, somebody writes the number down from its message
    case.clock("20:05")
    (gauge,) = injects(case)
    assert "Call 1 of 3 · Duty hydrologist, by phone" in gauge.plain()
    assert "30 cm above the forecast & rising. <Next> reading" in gauge.plain()
    assert "Wanted by" in gauge.plain()
    case.clicks("mara", gauge, "Add to the log…")
    modal = person(stage, "mara").modal
    assert modal is not None
    assert modal.field("What the log keeps").startswith("Duty hydrologist, by phone: The gauge reads 6.8 m")
    case.submits("mara")
    assert case.state.injects["gauge"].answered is None  # a note is not yet a fact
    case.types("mara", "facts gauge_level_m 6.8, duty hydrologist")
    assert "✓ Answered after 1 min by @Mara Lund (fact)." in injects(case)[0].plain()
    # when a rumour comes, somebody answers in its thread
    case.clock("20:06")
    says(case, "theo", injects(case)[1], "We ask operations.")
    assert "✓ Answered at once by @Theo Brandt (reply)." in injects(case)[1].plain()
    # when Slack is said to be away, and its time passes
    case.clock("20:21")
    assert "No Slack for 10 minutes" in injects(case)[2].plain()
    mara = person(stage, "mara")
    mara.open_home()
    stage.workspace.wait_for(lambda: mara.home is not None, what="the Home")
    assert mara.home is not None
    assert f"Drill {TITLE} until" in mara.home.plain()
    assert ": 3 of 3 injects came" in mara.home.plain()
    case.clock("20:41")
    # then the end stands there with the debrief, and as a file for all and for who began it
    end = case.last("drill-end").plain()
    assert "✗ First public text: none, wanted within 20 min." in end
    assert "✓ Injects answered in time: 2 of 3, wanted 60 %." in end
    assert "✗ 3. IT: left without an answer." in end
    assert "Left without an answer when the drill ended." in injects(case)[2].plain()
    assert "Drill A short" not in case.last("card").plain()
    with_files = [each for each in person(stage, "otto").all_messages(case.conversation) if each.files]
    (shared,) = with_files
    (file,) = shared.files
    assert file.name.startswith("EXERCISE-")
    page = file.data.decode()
    assert page.startswith(f"# EXERCISE - Debrief of {TITLE} - EXERCISE\n")
    assert "- **Answered after 1 min by Mara Lund (fact)**" in page
    assert [each.files[0].name for each in person(stage, "mara").dms() if each.files] == [file.name]
    # and everything that was said in it is marked
    for message in person(stage, "otto").all_messages(case.conversation):
        assert not message.by_app or is_marked(message.text), message.text


def test_what_came_due_while_no_bot_was_running_comes_in_its_order(tmp_path: Path) -> None:
    with site(tmp_path) as place:
        with place.at_work() as on:
            case = begins(on)
        # when nobody is there for twenty-one minutes
        place.clock.set(place.clock.now() + timedelta(minutes=21), 0.0)
        with place.at_work() as on:
            case = Case(on, case.id, case.evening)
            numbers = [each.plain().split(" of 3")[0][-1] for each in injects(case)]
            assert numbers == ["1", "2", "3"]
            assert len(case.entries("InjectGiven")) == 3


def test_closing_before_its_time_ends_the_drill(stage: Stage) -> None:
    case = begins(stage)
    case.clock("20:05")
    case.closes("pia", note="Enough for today.")
    assert "The drill is over." in case.last("drill-end").plain()
    case.later(hours=1)
    assert len(injects(case)) == 1
    (button,) = [each for each in injects(case)[0].buttons if each == "Add to the log…"] or [""]
    assert button == ""


def test_in_another_exercise_nobody_hears_of_drills(stage: Stage) -> None:
    case = opens(stage)
    case.later(hours=1)
    assert not injects(case)
    assert not case.messages("briefing")


def test_two_who_press_start_begin_two_drills_only_if_they_say_so(stage: Stage) -> None:
    begins(stage)
    theo = Actor(stage, "theo")
    theo.types("drill short-river")
    reply = theo.submits()
    assert reply.answer.updated
    modal = theo.person.modal
    assert modal is not None
    assert modal.title == "EXERCISE - Start drill"
    assert theo.submits({"another": ["yes"]}).answer.closed


def test_where_no_files_are_taken_the_debrief_stands_in_the_conversation(stage: Stage) -> None:
    case = begins(stage)
    stage.workspace.faults.error("files.completeUploadExternal", "missing_scope", times=None)
    case.clock("20:41")
    assert "The drill is over." in case.last("drill-end").plain()
    told = "\n".join(each.plain() for each in case.dms("mara"))
    assert "The debrief could not be sent as a file" in told
    assert "What the drill came to stands in its conversation." in told

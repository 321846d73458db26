"""What people see of a drill that they take part in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.incident import things
from ecomms_bot.incident.evolve import replay
from ecomms_bot.playbook.drills import Drill
from ecomms_bot.slack import names
from ecomms_bot.slack.cards import View, render
from ecomms_bot.slack.cards.drill import drill_line
from ecomms_bot.slack.cards.drills import SHOWN_MAX, drills
from tests.incident.drill_night import begin, drill, drill_night, inject, on, reply
from tests.incident.stories import ROSTER, Story, at

SHORT = drill(inject("one", 1, says="The <river> rises & rises."), inject("two", 2, "fact"), minutes=30)


def view(story: Story, *, discussion: bool = True) -> View:
    return View(story.state, ROSTER, story.now, discussion=discussion)


def words(story: Story, thing: str, **how: bool) -> str:
    return render(thing, view(story, **how)).text


def test_the_briefing_says_what_counts_where_words_in_threads_are_kept_and_where_not() -> None:
    story = begin(Story(), SHORT)
    assert "what you write in the thread of a message, which the log keeps" in words(story, things.BRIEFING)
    without = words(story, things.BRIEFING, discussion=False)
    assert "answer with Add to the log…, as this office keeps no words of threads" in without


def test_an_inject_is_shown_word_for_word_with_its_button() -> None:
    story = begin(Story(), SHORT)
    on(story, at(20, 3))
    message = render(things.inject_thing("one"), view(story))
    quoted = [block for block in message.blocks if block["type"] == "rich_text"]
    assert quoted[0]["elements"][0]["elements"][0]["text"] == "The <river> rises & rises."
    (row,) = (block for block in message.blocks if block["type"] == "actions")
    (button,) = row["elements"]
    assert (button["action_id"], button["value"]) == (names.LOG_INJECT, f"{story.state.id}|one")
    # and nobody reads before the end what it teaches
    assert "teaches" not in message.text


def test_how_it_was_answered_stands_below_it() -> None:
    story = begin(Story(), SHORT)
    on(story, at(20, 3))
    reply(story, "one", "We call them.")
    assert "✓ Answered after 2 min by U-coll (reply)." in words(story, things.inject_thing("one"))
    on(story, at(20, 30))
    assert "Left without an answer when the drill ended." in words(story, things.inject_thing("two"))


def test_the_end_says_what_was_reached_and_how_to_go_on() -> None:
    story = begin(Story(), SHORT)
    on(story, at(20, 3))
    reply(story, "one", "We call them.")
    on(story, at(20, 30))
    said = words(story, things.DRILL_END)
    assert "✗ First public text: none, wanted within 20 min." in said
    assert "✗ Injects answered in time: 1 of 2, wanted 80 %." in said
    assert "✓ 1. Duty hydrologist, by phone: after 2 min by U-coll (reply)." in said
    assert "✗ 2. Duty hydrologist, by phone: left without an answer." in said
    assert "The incident is still open: go on, or type /ecomms close." in said


def test_of_a_whole_drill_promises_and_returns_are_told() -> None:
    said = words(drill_night(), things.DRILL_END)
    assert "revision 1, sent back by U-pio: “Say which road.”" in said
    assert ": kept." in said
    assert "still open" not in said


def test_a_drill_that_is_over_stands_on_no_card() -> None:
    story = begin(Story(), SHORT)
    line = drill_line(view(story))
    assert line is not None
    assert "A river night* until" in line.template.replace("{title}", "A river night")
    on(story, at(20, 30))
    assert drill_line(view(story)) is None


@pytest.mark.parametrize("thing", [things.BRIEFING, things.DRILL_END, "inject:one"])
def test_where_there_is_none_of_it_that_is_said(thing: str) -> None:
    story = Story().open(exercise=True)
    assert "was redacted from the log." in words(story, thing)


def test_an_inject_whose_entry_was_redacted_says_so() -> None:
    story = begin(Story(), SHORT)
    on(story, at(20, 3))
    log = [replace(each, event=None) if each.type == "InjectGiven" else each for each in story.log]
    bare = View(replay(story.state.id, log), ROSTER, story.now)
    assert "An inject of the drill was redacted" in render("inject:one", bare).text


def test_a_long_list_of_drills_counts_the_rest() -> None:
    many = [Drill.parse({**SHORT, "id": f"drill-{number}"}) for number in range(SHOWN_MAX + 3)]
    message = drills(many)
    assert "and 3 more: type /ecomms drill and its name." in message.blocks[-1]["text"]["text"]
    assert len(message.blocks) == SHOWN_MAX + 2
    assert "A river night" in message.text

"""What a drill brings and what people do about it, for sequences of anything."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.drilling import part_of, running, still_to_come
from ecomms_bot.incident.events import DiscussionAdded, DrillEnded, InjectGiven, Quoted
from tests.incident.drill_night import drill, inject
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, CONVERSATION, IC, Story

THEIR_DRILL: dict[str, Any] = drill(
    inject("number", 3, "fact", of="gauge_level_m"),
    inject("rumour", 3),
    inject("statement", 9, "text", of=["D1"]),
    inject("wrong", 20, "correction"),
    inject("worse", 21, "escalate"),
    inject("asked", 40, "question"),
    minutes=70,
)
somebody = st.sampled_from([COMMUNICATOR, COLLEAGUE, IC])


class Drilling(RuleBasedStateMachine):
    """Rules and promises about drills that people take part in."""

    story: Story

    def attempt(self, command: c.Command, by: str, *, guest: bool = False) -> None:
        raise NotImplementedError

    @rule(number=st.integers(0, 5), quoted=st.booleans(), by=somebody)
    def somebody_answers(self, *, number: int, quoted: bool, by: str) -> None:
        """In its thread, or with an entry made from it: kept as long as the drill runs."""
        story, given = self.story, list(self.story.state.injects)
        stood = [each for each in given if things.inject_thing(each) in story.state.posted]
        if not stood:
            return
        name = stood[-1 - number % len(stood)]
        ts, live = story.state.posted[things.inject_thing(name)].ts, running(story.state)
        if quoted:
            self.attempt(c.AddNote("We call them.", Quoted(conversation=CONVERSATION, ts=ts)), by)
        else:
            self.attempt(c.AddDiscussion(ts, f"8.{len(story.log)}", "That is for @Irene."), by)
        assert (story.state.injects[name].noticed is not None) or not live

    @invariant()
    def each_inject_comes_once_in_its_order_and_none_after_the_end(self) -> None:
        part = part_of(self.story.state)
        if part is None:
            return
        came = [each.event.inject for each in self.story.log if isinstance(each.event, InjectGiven)]
        assert came == [each.id for each in part.injects if each.id in came]
        end = self.story.state.drill_ended
        for each in self.story.log[end.seq if end else len(self.story.log) :]:
            assert not isinstance(each.event, InjectGiven | DrillEnded)
            assert not (isinstance(each.event, DiscussionAdded) and each.event.inject)

    @invariant()
    def what_is_still_to_come_is_waited_for_and_nothing_else(self) -> None:
        story = self.story
        waits = {task.ids["reminder"] for task in story.reminders()}
        waits = {each for each in waits if each.startswith(("inject/", "drill/"))}
        wanted = {f"inject/{each.id}" for each in still_to_come(story.state)}
        assert waits == (wanted | {"drill/end"} if running(story.state) else set())

    @invariant()
    def what_came_is_shown(self) -> None:
        story = self.story
        planned = {task.ids.get("thing") for task in story.pending.values()}
        for name in story.state.injects:
            thing = things.inject_thing(name)
            assert thing in story.state.posted or thing in planned or thing in story.state.gone

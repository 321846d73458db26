"""What people write in threads and which messages they delete, for sequences of anything."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident import things
from ecomms_bot.incident.returning import AGAIN_MAX, comes_back
from tests.incident.stories import COMMUNICATOR, PIO, STRANGER, Story

somebody = st.sampled_from([COMMUNICATOR, PIO, STRANGER])


class Talking(RuleBasedStateMachine):
    """Rules and promises about what Slack tells of messages."""

    story: Story

    def attempt(self, command: c.Command, by: str, *, guest: bool = False) -> None:
        raise NotImplementedError

    @rule(step=st.sampled_from(["D1", "D3", "D4"]), by=somebody)
    def somebody_talks_in_a_thread(self, *, step: str, by: str) -> None:
        """It is kept exactly while a text of this step is under review, and nothing follows from it."""
        story, root = self.story, self.story.state.posted.get(things.step_thing(step))
        if root is None:
            return
        before, known = dict(story.pending), set(story.state.discussion)
        self.attempt(c.AddDiscussion(root.ts, f"7.{len(story.log)}", "Is it so?"), by)
        drafts = [each for each in story.state.drafts.values() if each.step == step]
        reviewed = [each.id for each in drafts if each.open and each.last and not each.last.out]
        kept = [said.draft for ts, said in story.state.discussion.items() if ts not in known]
        assert story.pending == before
        assert len(kept) == (1 if reviewed and story.state.open else 0)
        assert set(kept) <= set(reviewed)

    @rule(number=st.integers(0, 5), delete=st.booleans(), by=somebody)
    def somebody_changes_what_they_said(self, *, number: int, delete: bool, by: str) -> None:
        story, said = self.story, list(self.story.state.discussion)
        if said:
            ts, before = said[-1 - number % len(said)], dict(story.pending)
            change = c.ChangeDiscussion(ts, f"It is {len(story.log)}.")
            self.attempt(c.DeleteDiscussion(ts) if delete else change, by)
            assert story.pending == before

    @rule(number=st.integers(0, 40), needed=st.booleans(), twice=st.booleans())
    def somebody_deletes_a_message(self, *, number: int, needed: bool, twice: bool) -> None:
        story = self.story
        shown = [each for each in story.state.posted if comes_back(story.state, each) or not needed]
        if not shown:
            return
        thing = shown[-1 - number % len(shown)]
        ts = story.state.posted[thing].ts
        self.attempt(c.RecordGone(thing, ts), "bot")
        if twice:
            length = len(story.log)
            self.attempt(c.RecordGone(thing, ts), "bot")
            assert len(story.log) == length

    @invariant()
    def what_people_need_stands_there_or_is_on_its_way(self) -> None:
        story, state = self.story, self.story.state
        planned = {task.ids.get("thing") for task in story.pending.values() if task.kind == fx.POST}
        for thing, lost in state.gone.items():
            if comes_back(state, thing) and len(lost) <= AGAIN_MAX:
                assert thing in state.posted or thing in planned

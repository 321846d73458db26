"""What partners answer, or are not waited for, for sequences of anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident.events import PartnerAcknowledged, PartnerWaived, RevisionSubmitted
from ecomms_bot.incident.partners import still_to_hear
from ecomms_bot.incident.things import publish_thing
from ecomms_bot.playbook.channels import CHANNELS
from tests.incident.stories import IC, PIO, SME, Story


def with_gates(book: Mapping[str, Any]) -> dict[str, Any]:
    """A required step, and one with two partners."""
    more: dict[str, dict[str, Any]] = {
        "D1": {"required": True},
        "D3": {"partners": ["the city", "the nation"]},
    }
    phases = {
        name: [{**step, **more.get(step["id"], {})} for step in steps]
        for name, steps in book["phases"].items()
    }
    return {**book, "phases": phases}


class Partnering(RuleBasedStateMachine):
    """Rules and promises about texts that partners hear of first."""

    story: Story

    def attempt(self, command: c.Command, by: str, *, guest: bool = False) -> None:
        raise NotImplementedError

    @rule(
        number=st.integers(0, 3), one=st.booleans(), waits=st.booleans(), by=st.sampled_from([PIO, IC, SME])
    )
    def partners_hear_of_it(self, *, number: int, one: bool, waits: bool, by: str) -> None:
        state, now = self.story.state, self.story.now
        asked = [each for each in state.drafts.values() if still_to_hear(state, each)]
        if not asked:
            return
        draft = asked[-1 - number % len(asked)]
        for partner in still_to_hear(state, draft)[: 1 if one else None]:
            heard = c.RecordAcknowledgement(draft.id, draft.current.number, partner, "Ana Roy", now)
            given_up = c.WaivePartner(draft.id, draft.current.number, partner, "The river rises.")
            self.attempt(heard if waits else given_up, by)

    @invariant()
    def nothing_is_handed_out_before_its_partners_know_it(self) -> None:
        """By what the log says of them, and of each revision that came after their word."""
        story, state = self.story, self.story.state
        shown = {task.ids.get("thing") for task in fx.wanted(state, story.now).values()}
        for event in (each.event for each in story.log):
            if not isinstance(event, RevisionSubmitted) or not any(
                CHANNELS[each].public for each in event.texts
            ):
                continue
            if publish_thing(event.draft, event.revision) in shown:
                heard = set(heard_of(story, event.draft, event.revision))
                assert set(state.step(event.step).partners) <= heard


def heard_of(story: Story, draft: str, number: int) -> Iterator[str]:
    """The partners whose word was recorded or given up since words changed that are in this revision."""
    events = [each.event for each in story.log]
    submitted = (each for each in events if isinstance(each, RevisionSubmitted) and each.draft == draft)
    since = max(each.revision for each in submitted if not each.renews and each.revision <= number)
    for event in events:
        if not isinstance(event, PartnerAcknowledged | PartnerWaived) or event.draft != draft:
            continue
        if since <= event.revision <= number:
            yield event.partner

"""What people do with published texts, for sequences of anything: follow them, take them down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import IncidentClosed, MarkedPublished, Receipt, ReleaseEnded
from ecomms_bot.incident.rules.following import about, following_step
from ecomms_bot.incident.rules.putting_right import unfinished
from ecomms_bot.incident.standing import left_to_put_right, puts_right, standing
from ecomms_bot.incident.state import Draft, Revision
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.channels import CHANNELS
from tests.incident.put_right import linked_submission
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, IC, OBSERVER, PIO, SME, Story, instant

somewhere = st.lists(st.sampled_from(["x", "web", "sms", "sign", "internal"]), min_size=1, max_size=3).map(
    tuple
)


class Following(RuleBasedStateMachine):
    """Rules and promises about texts that are out."""

    story: Story

    def attempt(self, command: c.Command, by: str, *, guest: bool = False) -> None:
        raise NotImplementedError

    def approve_as_asked(self, *, number: int, everyone: bool) -> None:
        raise NotImplementedError

    @rule(
        number=st.integers(0, 4),
        relation=st.sampled_from(["update", "correction", "correction", "cancellation"]),
        ahead=st.sampled_from([None, 10, 25, 50]),
        by=st.sampled_from([COMMUNICATOR, COLLEAGUE, PIO]),
        on=somewhere,
    )
    def somebody_follows_what_is_out(
        self, *, number: int, relation: str, ahead: int | None, by: str, on: tuple[str, ...]
    ) -> None:
        """And it is approved and marked on some of its channels, with proof or without."""
        out = list(_out(self.story))
        if not out:
            return
        draft, revision = out[-1 - number % len(out)]
        state, facts = self.story.state, {}
        if ahead is not None:
            facts["expires_at"] = instant(self.story.now + timedelta(minutes=ahead))
        try:
            step, kind = following_step(state, draft.id, relation)
            link = about(state, draft.id, revision.number, relation)
        except Rejected:
            return
        known = facts if "expires_at" in step.fields else {}
        command = linked_submission(self.story, step.id, kind, link, known)
        kept = c.SaveDraft(command.draft, command.step, command.kind, command.values, about=link)
        self.attempt(kept, by)
        self.attempt(command, by)
        self.approve_as_asked(number=0, everyone=True)
        self.go_on_marking(number=0, on=on, proof=number < 4)

    @rule(number=st.integers(0, 3), on=somewhere, proof=st.booleans())
    def go_on_marking(self, *, number: int, on: tuple[str, ...], proof: bool) -> None:
        following = [
            each
            for each in self.story.state.drafts.values()
            if each.about is not None and each.last is not None
        ]
        if following:
            draft = following[-1 - number % len(following)]
            seen = "seen" if proof else " "
            receipts = tuple(
                Receipt(channel=each, attested_at=self.story.now, proof=seen)
                for each in dict.fromkeys(on)
                if each in draft.current.texts
            )
            self.attempt(c.MarkPublished(draft.id, draft.current.number, receipts), COMMUNICATOR)

    @rule(number=st.integers(0, 4), on=somewhere, by=st.sampled_from([COMMUNICATOR, SME, OBSERVER]))
    def somebody_takes_it_down(self, *, number: int, on: tuple[str, ...], by: str) -> None:
        out = list(_out(self.story))
        if out:
            draft, revision = out[-1 - number % len(out)]
            channels = tuple(dict.fromkeys(each for each in on if each in revision.receipts))
            self.attempt(c.EndRelease(draft.id, revision.number, channels, "It holds no more."), by)

    @rule(ahead=st.sampled_from([5, 20, 45]), on=somewhere)
    def a_text_that_holds_until_then_goes_out(self, *, ahead: int, on: tuple[str, ...]) -> None:
        facts = {"expires_at": instant(self.story.now + timedelta(minutes=ahead))}
        command = self.story.submission("D3", "statement", facts=facts)
        self.attempt(command, COMMUNICATOR)
        self.approve_as_asked(number=0, everyone=True)
        receipts = tuple(Receipt(channel=each, attested_at=self.story.now) for each in dict.fromkeys(on))
        self.attempt(c.MarkPublished(command.draft, 1, receipts), COLLEAGUE)

    @rule(by=st.sampled_from([PIO, IC, COMMUNICATOR]), reason=st.sampled_from(["", "Nobody can reach it."]))
    def somebody_closes_it_at_last(self, *, by: str, reason: str) -> None:
        if len(self.story.log) > 80:
            self.attempt(c.CloseIncident("Over.", "Over.", left_reason=reason), by)

    # --- what holds at any time

    @invariant()
    def a_correction_that_is_done_left_nobody_out(self) -> None:
        state = self.story.state
        for draft in state.drafts.values():
            if draft.about is None or not puts_right(draft.about) or not any(_receipts(draft)):
                continue
            wrong = state.drafts[draft.about.draft].revision(draft.about.revision)
            later = set(_told_by_corrections(self.story, draft))
            left = left_to_put_right(state, draft)
            assert wrong is not None
            for channel in wrong.receipts:
                words = channel in state.step(draft.step).text("correction").templates
                told = channel in later or (not words and channel in wrong.ended)
                assert told or channel in left or any(_takes_over(self.story, draft))

    @invariant()
    def whoever_is_owed_a_correction_or_stands_beyond_its_time_is_asked_about(self) -> None:
        story, state = self.story, self.story.state
        if not state.open:
            assert all(_closed_with_reason(story) for _ in unfinished(state))
            return
        planned = {task.ids["reminder"].rpartition("/")[0] for task in story.reminders()}
        for draft in unfinished(state):
            assert f"put-right/{draft.id}" in planned
        for each in standing(state):
            if each.revision.expires is not None:
                assert f"expiry/{each.draft.id}/{each.revision.number}" in planned

    @invariant()
    def what_puts_right_has_proof_and_what_was_taken_down_was_out(self) -> None:
        state, marked = self.story.state, set[tuple[str, int, str]]()
        for event in (each.event for each in self.story.log):
            if isinstance(event, MarkedPublished):
                marked |= {(event.draft, event.revision, each.channel) for each in event.receipts}
                link = state.drafts[event.draft].about
                if link is not None and puts_right(link):
                    assert all(each.proof.strip() for each in event.receipts if CHANNELS[each.channel].public)
            if isinstance(event, ReleaseEnded):
                assert {(event.draft, event.revision, each) for each in event.channels} <= marked
                assert event.reason


def _out(story: Story) -> Iterator[tuple[Draft, Revision]]:
    for draft in story.state.drafts.values():
        yield from ((draft, each) for each in draft.revisions if each.receipts)


def _receipts(draft: Draft) -> Iterator[str]:
    return (channel for each in draft.revisions for channel in each.receipts)


def _takes_over(story: Story, draft: Draft) -> Iterator[Draft]:
    """Other corrections of the same text, or of this one, that are out."""
    for other in story.state.drafts.values():
        link, mine = other.about, draft.about
        if (
            other is draft
            or link is None
            or mine is None
            or not puts_right(link)
            or not any(_receipts(other))
        ):
            continue
        if link.draft == draft.id or (link.draft, link.revision) == (mine.draft, mine.revision):
            yield other


def _told_by_corrections(story: Story, draft: Draft) -> Iterator[str]:
    yield from _receipts(draft)
    for other in _takes_over(story, draft):
        yield from _receipts(other)


def _closed_with_reason(story: Story) -> bool:
    (closed,) = (each.event for each in story.log if isinstance(each.event, IncidentClosed))
    return bool(closed.left_reason)

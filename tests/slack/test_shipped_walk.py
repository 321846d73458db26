"""Each playbook that ships, from its first step to its last, without a workspace: rules, forms and messages.

Every text of every step of every phase is written with the examples of its fields, approved by the roles of
its tier, and marked. On the way everything that people see is drawn and held to what Slack takes.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.events import FieldValue, Kind
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.partners import still_to_hear
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.progress import step_status
from ecomms_bot.playbook.drafting import fields_for
from ecomms_bot.playbook.library import Library, shipped_folder
from ecomms_bot.playbook.model import MAIN_FIRST, Phase, Step
from ecomms_bot.playbook.values import AS_OF, NEXT_UPDATE, example_of
from ecomms_bot.practice.workspace.blocks import check_message_blocks
from ecomms_bot.practice.workspace.view_rules import check_view
from ecomms_bot.slack import forms, step_forms
from ecomms_bot.slack.cards import answers, render
from ecomms_bot.slack.cards.home import Desktop, home
from ecomms_bot.slack.composing import begin, compose
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.noting_forms import Noted, fact_form
from ecomms_bot.slack.partnering import heard_form
from ecomms_bot.slack.sample_life import ROSTER, ZONE, SampleLife
from ecomms_bot.slack.writing import SUBMIT, Writing, draft_form, preview
from tests.slack.life import COMMUNICATOR, PIO

SHIPPED = Library.from_folder(shipped_folder()).playbooks
EVERYBODY = Roster({**ROSTER.members, "exec": ("U0EXEC",)})
PHASES: tuple[Phase, ...] = ("before", "during", "after")
TEXT_MAX = 4000
"""chat.update refuses more."""


class Walk(SampleLife):
    """One incident, in which each text says what the examples of its fields say."""

    def __init__(self, book: str, *, exercise: bool) -> None:
        super().__init__(
            SHIPPED[book].raw, SHIPPED[book].sha256, roster=EVERYBODY, exercise=exercise, phase="before"
        )

    def values(
        self, step: str, kind: Kind, _next_update: float | None, changed: Mapping[str, str]
    ) -> dict[str, FieldValue]:
        found: dict[str, FieldValue] = {}
        for name, field in fields_for(self.state.book, self.state.step(step), kind):
            found[name] = example_of(name, field, ZONE)
            if field.type == "datetime":
                found[name] = self.instant(24 * 60 if field.future_allowed else -10)
        known = begin(self.state, self.writing(step, kind), COMMUNICATOR, self.now, {}).values
        fresh = {name: known[name] for name in (AS_OF, NEXT_UPDATE) if name in found}
        return {**found, **fresh, **changed}

    def writing(self, step: str, kind: Kind) -> Writing:
        draft = self.state.draft_of(step)
        return Writing(self.state.id, draft.id if draft else make_id("d", step), step, kind)

    def begins(self, step: Step) -> None:
        """A step on demand is asked for; the others begin by themselves, one after another."""
        if step.recurrence == "on-demand":
            assert step.id not in self.state.steps, f"{step.id} began, though nobody asked for it"
            self.do(COMMUNICATOR, c.StartStep(step.id))
        steps = self.state.book.steps(self.state.phase)
        in_turn = [each.id for each in steps if each.recurrence != "on-demand"]
        begun = [each for each in self.state.steps if each in in_turn]
        assert begun == in_turn[: len(begun)]
        assert step.id in self.state.steps

    def publishes(self, step: Step, kind: Kind) -> None:
        self.look_at_the_forms(step, kind)
        draft = self.submit(step.id, kind, next_update=None)
        self.see(things.review_thing(draft.id, draft.current.number))
        self.minutes(1)
        self.approve_all(step.id)
        self.tells_partners(step.id)
        self.see(things.publish_thing(draft.id, draft.current.number))
        draft = self.draft(step.id)
        takes(forms.mark_form(self.state, draft, draft.current, self.now))
        receipt = self.mark(step.id, *draft.current.texts)
        self.see(receipt)
        draft = self.draft(step.id)
        takes(step_forms.correct_form(self.state, draft, draft.current))
        assert step_status(self.state, step.id) == "published"
        self.look_around(step)

    def tells_partners(self, step: str) -> None:
        draft = self.draft(step)
        for partner in still_to_hear(self.state, draft):
            self.see(things.partners_thing(draft.id, draft.current.number))
            takes(heard_form(self.state, draft, self.now))
            number = draft.current.number
            self.do(COMMUNICATOR, c.RecordAcknowledgement(draft.id, number, partner, "Ana Roy", self.now))

    def look_at_the_forms(self, step: Step, kind: Kind) -> None:
        """The form with nothing but what is known, and the preview, in which nothing blocks."""
        state, writing = self.state, self.writing(step.id, kind)
        takes(draft_form(state, writing, begin(state, writing, COMMUNICATOR, self.now, {})))
        found = compose(state, writing, self.values(step.id, kind, None, {}), self.now)
        blocking = [each for each in found.findings if each.severity == "block"]
        assert blocking == [], f"{step.id} {kind}"
        shown = preview(
            *(state, writing, found.texts, found.sha256, found.findings), tier=found.tier, seen=None, extra={}
        )
        takes(shown)
        assert shown["submit"]["text"] == SUBMIT, f"{step.id} {kind} is too long for its window"

    def see(self, thing: str) -> None:
        message = render(thing, self.view)
        for each in (*message.replies, message):
            readable(each)

    def look_around(self, step: Step) -> None:
        """What else shows the step: its own message, the card, the list of steps, Home, the facts."""
        self.see(things.step_thing(step.id))
        self.see(things.CARD)
        readable(answers.steps(self.view))
        for user in (COMMUNICATOR, PIO):
            takes(home(Desktop(EVERYBODY.person(user), [self.view], 1, self.now, ZONE)))
        takes(fact_form(Noted(self.state.id, "fact"), self.state))


def kinds(step: Step) -> list[Kind]:
    """The texts of a step as they come: what it is there for first, the last word last."""
    return sorted(step.texts, key=lambda kind: (kind == "final", MAIN_FIRST.index(kind)))


def takes(view: forms.View) -> None:
    check_view(view, ("modal", "home"))


def readable(message: Message) -> None:
    """Slack takes it, and nothing in what is read aloud was left over from the template."""
    assert 0 < len(message.text) <= TEXT_MAX
    check_message_blocks([*message.blocks])
    for left_over in ("{", "}", "[[", "None"):
        assert left_over not in message.text


@pytest.mark.parametrize("exercise", [False, True])
@pytest.mark.parametrize("book", SHIPPED)
def test_every_text_of_the_playbook_can_be_written_approved_and_published(
    book: str, *, exercise: bool
) -> None:
    walk = Walk(book, exercise=exercise)
    for phase in PHASES:
        if phase != "before":
            walk.do(PIO, c.ChangePhase(phase))
        for step in walk.state.book.steps(phase):
            walk.begins(step)
            for kind in kinds(step):
                walk.publishes(step, kind)
    walk.close(withdraw="The walk is over." if walk.state.live_promises else "")
    published = {(each.step, each.kind) for each in walk.state.drafts.values() if each.status == "published"}
    steps = [step for phase in PHASES for step in walk.state.book.steps(phase)]
    assert published == {(step.id, kind) for step in steps for kind in step.texts}

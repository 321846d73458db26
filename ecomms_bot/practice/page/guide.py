"""The first steps: six, each ticked when the log or the workspace shows that it was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from ecomms_bot.practice.cast import APPROVER, DESK, WRITER
from ecomms_bot.practice.page.incidents import Incidents, Told
from ecomms_bot.practice.page.pieces import piece
from ecomms_bot.practice.training import Training
from ecomms_bot.practice.workspace import Person


@dataclass(frozen=True, slots=True)
class Step:
    """`words` with `code` to type, or a `link` with its words to follow."""

    title: str
    words: str
    code: str = ""
    link: str = ""
    link_words: str = ""
    done: bool = False


class Guide:
    """For the whole practice: whoever dismisses it does so for everybody."""

    def __init__(self, made: Training, incidents: Incidents) -> None:
        self._made, self._incidents = made, incidents
        self.dismissed = False
        self._switched = self._reminded = False  # whether the right person was there to see it

    def draw(self, person: Person) -> Markup:
        if self.dismissed:
            return Markup()
        steps = self.steps(person)
        at = next((number for number, step in enumerate(steps) if not step.done), len(steps))
        return piece("guide", steps=steps, at=at)

    def steps(self, person: Person) -> Sequence[Step]:
        """As this person sees them. Later steps count only after the earlier ones."""
        told = self._first()
        draft = _first_draft(told)
        writing, submitted = draft is not None, draft is not None and bool(draft.revisions)
        approved = draft is not None and any(each.approved_at is not None for each in draft.revisions)
        if approved and told is not None and told.state.fired and person.user.handle == WRITER.handle:
            self._reminded = True
        self._switched = self._switched or approved or (submitted and person.user.handle == APPROVER.handle)
        desk = self._made.workspace.conversation(DESK).id
        home = told.place.id if told is not None else desk
        thread = _thread(told, draft)
        return (
            Step(
                "Start an exercise",
                f"In #{DESK}, type this and choose Exercise in the form.",
                code="/ecomms start flood",
                link="" if person.user.handle == WRITER.handle else _seat(WRITER.handle, desk),
                link_words=f"Be {WRITER.name}, who writes",
                done=told is not None,
            ),
            Step(
                "Write the first text",
                "In the new conversation, press Write draft below the first step. Fill in what is known;"
                " Next shows each text as it will read.",
                link="" if told is None else _seat(WRITER.handle, home),
                link_words="Go to the conversation",
                done=writing,
            ),
            Step(
                "Submit it",
                "Press Submit for approval. The whole text goes into the thread of its step.",
                done=submitted,
            ),
            Step(
                f"Be {APPROVER.name}",
                f"Nobody approves what they wrote. {APPROVER.name} is the public information officer.",
                link=_seat(APPROVER.handle, home, thread) if submitted else "",
                link_words=f"Be {APPROVER.name}, in the thread",
                done=self._switched,
            ),
            Step("Approve it", "Read the text in the thread, then press Approve.", done=approved),
            Step(
                "Let time pass",
                f"Push the clock by 15 minutes. {WRITER.name} is reminded of what she left undone.",
                link=_seat(WRITER.handle, home, thread) if approved else "",
                link_words=f"Be {WRITER.name}, in the thread",
                done=self._reminded,
            ),
        )

    def _first(self) -> Told | None:
        """The incident that got furthest: a first one may have been left."""
        told = self._incidents.all()
        with_drafts = [each for each in told if each.state.drafts]
        return next(iter(with_drafts or told), None)


def _first_draft(told: Told | None) -> Any:
    """The one that got furthest."""
    if told is None:
        return None
    drafts = sorted(
        told.state.drafts.values(),
        key=lambda draft: (any(each.approved_at for each in draft.revisions), bool(draft.revisions)),
    )
    return drafts[-1] if drafts else None


def _thread(told: Told | None, draft: Any) -> str:
    if told is None or draft is None:
        return ""
    ref = told.state.posted.get(f"step:{draft.step}")
    return ref.ts if ref is not None else ""


def _seat(handle: str, place: str, thread: str = "") -> str:
    """The address of a screen: as whom, where."""
    where = {"as": handle, "in": place} | ({"thread": thread} if thread else {})
    return f"/?{urlencode(where)}"

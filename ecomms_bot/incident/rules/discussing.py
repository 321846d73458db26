"""What people write in the threads of texts under review and of injects is kept, and nothing else.

Nothing is refused: Slack tells of what was said, and nobody waits for an answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.drilling import running
from ecomms_bot.incident.events import DiscussionAdded, DiscussionChanged, DiscussionDeleted, Event
from ecomms_bot.incident.rules.common import without_blanks
from ecomms_bot.incident.state import Draft, Incident

TEXT_MAX = 4_000
"""Characters that the log keeps of one reply; Slack takes 40,000. The message itself stays in Slack."""


def add_discussion(state: Incident, command: c.AddDiscussion, ctx: c.Context) -> tuple[Event, ...]:
    """A reply belongs to the text under review in this thread, of several to the newest one."""
    draft = under_review(state, command.thread) if state.open else None
    inject = under_way(state, command.thread) if draft is None else ""
    text, left_out = kept(command.text)
    if (draft is None and not inject) or not text or command.ts in state.discussion:
        return ()
    return (
        DiscussionAdded(
            draft=draft.id if draft else "",
            revision=draft.current.number if draft else 0,
            inject=inject,
            person=ctx.person.id,
            text=text,
            ts=command.ts,
            left_out=left_out,
        ),
    )


def change_discussion(state: Incident, command: c.ChangeDiscussion, ctx: c.Context) -> tuple[Event, ...]:
    """Slack also tells of changes that are none to people, as when it shows what stands behind a link."""
    said = state.discussion.get(command.ts)
    text, left_out = kept(command.text)
    if said is None or said.deleted or not state.open or (text, left_out) == (said.text, said.left_out):
        return ()
    return (
        DiscussionChanged(
            draft=said.draft,
            revision=said.revision,
            inject=said.inject,
            person=ctx.person.id,
            text=text,
            ts=command.ts,
            left_out=left_out,
        ),
    )


def delete_discussion(state: Incident, command: c.DeleteDiscussion, _ctx: c.Context) -> tuple[Event, ...]:
    said = state.discussion.get(command.ts)
    if said is None or said.deleted or not state.open:
        return ()
    return (
        DiscussionDeleted(
            draft=said.draft, revision=said.revision, inject=said.inject, person=said.person, ts=command.ts
        ),
    )


def under_way(state: Incident, thread: str) -> str:
    """The inject in whose thread this is; "" if it is none, or the drill is over."""
    if not running(state):
        return ""
    threads = ((each, _stood(state, things.inject_thing(each))) for each in state.injects)
    return next((inject for inject, stood in threads if thread in stood), "")


def kept(text: str) -> tuple[str, int]:
    """What the log keeps of a reply, and how many characters it leaves out."""
    text = without_blanks(text)
    return text[:TEXT_MAX], max(0, len(text) - TEXT_MAX)


def under_review(state: Incident, thread: str) -> Draft | None:
    """The newest text in this thread that was submitted, and is neither out nor ended."""
    waiting = [
        draft
        for draft in state.drafts.values()
        if draft.open and draft.last is not None and not draft.last.out and thread in _roots(state, draft)
    ]
    return max(waiting, key=lambda draft: draft.current.at, default=None)


def _roots(state: Incident, draft: Draft) -> Iterator[str]:
    """What begins its threads: its step's first message, also one that was deleted, or its own review."""
    shown = (things.step_thing(draft.step), things.review_thing(draft.id, draft.current.number))
    for thing in shown:
        yield from _stood(state, thing)


def _stood(state: Incident, thing: str) -> Iterator[str]:
    """Where it stands, and where it stood until somebody deleted it."""
    if thing in state.posted:
        yield state.posted[thing].ts
    yield from (ref.ts for ref in state.gone.get(thing, ()))

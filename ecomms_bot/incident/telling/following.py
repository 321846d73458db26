"""What follows a published text, in words: what it corrects, what corrected it, where it was taken down."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident import events as e
from ecomms_bot.incident.standing import puts_right
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling.base import (
    REDACTED_TEXT,
    find,
    revision_of,
    tell,
    title_of,
    with_,
    with_reason,
)
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order

VERBS = {"update": "follows", "correction": "corrects", "cancellation": "takes back"}


@tell.register
def _(event: e.ReleaseEnded, _recorded: Recorded, state: Incident) -> Sentence:
    told = say(
        "taken down on {channels}, or changed there, by {who}",
        channels=", ".join(CHANNELS[each].title for each in in_reading_order(event.channels)),
        who=Who(event.person),
    )
    subject = revision_of(state, event.draft, event.revision)
    return with_reason(with_(subject, " ", told), event.reason)


def with_link(told: Sentence, state: Incident, about: e.About | None) -> Sentence:
    """With the text that it follows, if it follows one."""
    if about is None:
        return told
    return with_(told, f", {VERBS[about.relation]} ", _named(state, about.draft, about.revision))


def with_what_put_it_right(told: Sentence, state: Incident, draft_id: str, number: int) -> Sentence:
    """With what was said later to put it right: the wrong text stays, and nobody takes it for true."""
    for draft, revision, relation in _later(state, draft_id, number):
        word = ", corrected by " if relation == "correction" else ", taken back by "
        return with_(told, word, _named(state, draft, revision, "by"))
    return told


def not_everybody(state: Incident, draft_id: str) -> Sentence:
    """What a reminder says of a correction that is out on some channels only."""
    draft = state.drafts.get(draft_id)
    title = title_of(state, draft.step, draft.kind) if draft else REDACTED_TEXT
    words = say("{title} has not reached everybody who read the old words", title=title)
    if draft is None or draft.about is None:
        return words
    return with_(words, " of ", _named(state, draft.about.draft, draft.about.revision))


def _later(state: Incident, draft_id: str, number: int) -> Iterator[tuple[str, int, str]]:
    for draft in state.drafts.values():
        about = draft.about
        if about is None or not puts_right(about) or (about.draft, about.revision) != (draft_id, number):
            continue
        yield from ((draft.id, each.number, about.relation) for each in draft.revisions if each.receipts)


def _named(state: Incident, draft_id: str, number: int, prefix: str = "of") -> Sentence:
    """As `base.revision_of`, with names of its own, so that it can stand beside another text."""
    revision = find(state, draft_id, number)
    title = title_of(state, state.drafts[draft_id].step, revision.kind) if revision else REDACTED_TEXT
    template = f"revision {{{prefix}_number}} of {{{prefix}_title}}"
    return Sentence(template, {f"{prefix}_number": number, f"{prefix}_title": title})

"""Texts that follow a published one: an update, a correction, a cancellation.

Which step writes them, on which channels they go out, and that they follow what the public really read.
"""

from __future__ import annotations

from ecomms_bot.incident.commands import SaveDraft, SubmitDraft
from ecomms_bot.incident.events import About, Kind
from ecomms_bot.incident.progress import update_step
from ecomms_bot.incident.rules.common import require_draft, require_open, when
from ecomms_bot.incident.standing import followers, left_to_put_right, puts_right, read_on
from ecomms_bot.incident.state import Draft, Incident, Revision
from ecomms_bot.incident.wording import Rejected, Who, reject
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order
from ecomms_bot.playbook.model import Step, StepText

INTERNAL = "internal"
ASKED_FOR = {"correction": "a correction", "cancellation": "a cancellation", "update": "an update"}


def about(state: Incident, draft_id: str, revision: int, relation: str) -> About:
    """What a text says that follows this one: with every channel on which it was read until now.

    Also asked before a form is opened. Raises Rejected if it is not out, or somebody puts it right already.
    """
    require_open(state)
    draft, followed = _require_out(state, draft_id, revision)
    link = About.model_validate(
        {
            "relation": relation,
            "draft": draft.id,
            "revision": followed.number,
            "channels": in_reading_order(read_on(state, draft, followed)),
        }
    )
    _require_alone(state, draft, followed, link)
    return link


def following_step(state: Incident, draft_id: str, relation: str) -> tuple[Step, Kind]:
    """The step and the kind of text with which a text of this draft is updated, corrected or cancelled.

    A correction takes the step that has a text for it: its own, else one of this phase, else of any. An
    update is written in its own step if that can be done again, else in that of the scheduled updates.
    Raises Rejected if the playbook has none.
    """
    draft = require_draft(state, draft_id)
    own = state.step(draft.step) if draft.step in state.steps else None
    if relation != "update":
        phases = (state.book.steps(state.phase), *state.book.phases.values())
        steps = [*([own] if own else []), *(step for steps in phases for step in steps)]
        found = next((step for step in steps if "correction" in step.texts), None)
        if found is None:
            raise reject(
                "no-correction",
                "The playbook of {name} has no text for corrections. Say what is right in the next update, "
                "and that the older text no longer counts.",
                name=state.name,
            )
        return found, "correction"
    again = own if own is not None and own.recurrence != "once" and own.main.kind != "correction" else None
    step = again or update_step(state) or own
    if step is None or step.main.kind == "correction":
        raise reject(
            "no-update",
            "The playbook of {name} has no text for updates in this phase. Start one of its steps instead.",
            name=state.name,
        )
    return step, step.main.kind


def channels_for(text: StepText, link: About | None) -> frozenset[str]:
    """The channels for which this text is written: all of its own, but for corrections and cancellations.

    Those reach exactly the channels on which the wrong words were read, as far as the playbook has words for
    them, and staff always. Where it has none for any of them, people are told on all that there are.
    """
    own = frozenset(text.templates)
    if link is None or not puts_right(link):
        return own
    public = frozenset(channel for channel in link.channels if CHANNELS[channel].public)
    if public and not public & own:
        return own
    return (public | {INTERNAL}) & own or own


def linked(state: Incident, command: SaveDraft | SubmitDraft, draft: Draft | None) -> About | None:
    """What the draft follows from now on, with the channels as they are now; None if it follows nothing.

    A draft keeps what it began with: a form that says nothing about it leaves it, one that says another text
    is refused, since texts and approvals would be about something else.
    """
    kept = draft.about if draft else None
    if draft is not None and command.about is not None and not _same(kept, command.about):
        raise _other_link(state, draft)
    given = command.about or kept
    if given is None:
        return None
    _require_kind(given, command.kind)
    if kept is not None and isinstance(command, SaveDraft) and not _is_out(state, given):
        return kept  # the words are worth keeping; they cannot be sent
    followed, revision = _require_out(state, given.draft, given.revision)
    if draft is None:
        _require_alone(state, followed, revision, given)
    channels = in_reading_order(read_on(state, followed, revision))
    return given.model_copy(update={"channels": channels})


def require_same_channels(state: Incident, link: About | None, previewed: About | None) -> None:
    """Before it is sent: the texts that were previewed are for the channels on which it was read by now."""
    if link is None or previewed is None or set(link.channels) == set(previewed.channels):
        return
    followed, _ = _require_out(state, link.draft, link.revision)
    raise reject(
        "channels",
        "What was said about where {title} was posted has changed since you opened this: it was read on "
        "{channels}. Nothing was sent, and your words are kept. Open the draft again and look at its texts.",
        title=title_of(state, followed),
        channels=", ".join(CHANNELS[each].title for each in link.channels),
    )


def title_of(state: Incident, draft: Draft) -> str:
    """How people call the text of a draft: by its step."""
    return state.step(draft.step).title if draft.step in state.steps else "a redacted text"


def _same(one: About | None, other: About) -> bool:
    mine = None if one is None else (one.relation, one.draft, one.revision)
    return mine == (other.relation, other.draft, other.revision)


def _is_out(state: Incident, link: About) -> bool:
    revision = require_draft(state, link.draft).revision(link.revision)
    return revision is not None and revision.out


def _require_out(state: Incident, draft_id: str, number: int) -> tuple[Draft, Revision]:
    draft = require_draft(state, draft_id)
    revision = draft.revision(number)
    if revision is None or not revision.out:
        raise reject(
            "not-out",
            "{title} is not marked as {out}, so no text can follow it. If it was posted, mark where; if not, "
            "nobody read it. Nothing was sent.",
            title=title_of(state, draft),
            out="played" if state.exercise else "published",
        )
    return draft, revision


def _require_kind(link: About, kind: Kind) -> None:
    if (kind == "correction") != puts_right(link):
        raise reject(
            "kind",
            "This is not the text for {relation}. Open it again from the message of the text it follows.",
            relation=ASKED_FOR[link.relation],
        )


def _require_alone(state: Incident, draft: Draft, revision: Revision, link: About) -> None:
    """Two at once would say two different things: who comes second hears of the first."""
    if not puts_right(link):
        return
    for other in followers(state, draft, revision):
        if other.about is None or not puts_right(other.about):
            continue
        if other.open or _still_to_post(state, other):
            raise reject(
                "put-right-already",
                "{who} began {relation} of this text at {when}, and it is not done yet. Go on with that one, "
                "in the thread of {step}; if it is wrong itself, correct that one. Nothing was changed.",
                who=Who(other.authors[0] if other.authors else state.holder),
                relation=ASKED_FOR[other.about.relation],
                when=when(state, other.started_at),
                step=title_of(state, other),
            )


def _still_to_post(state: Incident, other: Draft) -> bool:
    """Whether it has words for a channel that it did not reach yet."""
    left = left_to_put_right(state, other)
    return any(channel in revision.texts for revision in other.revisions for channel in left)


def _other_link(state: Incident, draft: Draft) -> Rejected:
    if draft.about is None:
        return reject(
            "link",
            "This draft was begun as a text of its own, so it cannot follow another one. Finish or withdraw "
            "it first; its words stay in the log.",
        )
    followed = state.drafts.get(draft.about.draft)
    return reject(
        "link",
        "This draft was begun as {relation} of {title}, and stays that. Finish or withdraw it first; its "
        "words stay in the log.",
        relation=ASKED_FOR[draft.about.relation],
        title=title_of(state, followed) if followed else "a redacted text",
    )

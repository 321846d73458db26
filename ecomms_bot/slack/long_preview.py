"""Texts too long for a window: submitted from the step's thread, where every word of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.commands import SubmitDraft
from ecomms_bot.incident.rules.common import require_draft, require_open, when
from ecomms_bot.incident.rules.drafts import kept_copy, mark_of, preview_stands
from ecomms_bot.incident.state import Incident, ThreadPreview
from ecomms_bot.incident.wording import Rejected, Sentence, Who, reject, say
from ecomms_bot.slack import names
from ecomms_bot.slack.cards.preview import submitted_from
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.listeners import Click

Body = dict[str, Any]


def submit_shown(desk: Desk, body: Body, value: tuple[str, ...]) -> Sentence | None:
    """Asks for approval of exactly the texts that stand above the button."""
    incident, seq = value
    state = desk.state(body, incident)
    require_open(state)
    shown = state.previews.get(int(seq)) if seq.isdecimal() else None
    if shown is None:
        raise reject("lost", "These texts are not in the log any more. Press Write draft; nothing was sent.")
    if (number := submitted_from(state, shown)) is not None:
        return _sent_already(number)
    if not preview_stands(state, shown):
        raise _moved_on(state, shown)
    command = SubmitDraft(
        draft=shown.draft,
        step=shown.step,
        kind=shown.kind,
        values=shown.values,
        texts=shown.texts,
        text_sha256=shown.text_sha256,
        seen=mark_of(shown.kind, shown.values),
        about=state.drafts[shown.draft].about,
    )
    try:
        outcome = desk.do(body, incident, command, body["trigger_id"])
    except Rejected as rejected:
        raise _in_the_thread(state, shown, rejected) from rejected
    return None if outcome.new else _sent_already(outcome.state.drafts[shown.draft].current.number)


def _sent_already(number: int) -> Sentence:
    return say("Revision {number} was sent for approval already.", number=number)


def _moved_on(state: Incident, shown: ThreadPreview) -> Rejected:
    draft = require_draft(state, shown.draft)
    kept = kept_copy(draft)
    if not draft.open or kept is None:
        return reject(
            "ended",
            "This draft was {status}, so its texts were not sent. Start a new one.",
            status=draft.status,
        )
    return reject(
        "changed",
        "{who} changed this draft at {when}, after these texts were shown. Nothing was sent. "
        "Press Write draft to go on with the newest.",
        who=Who(kept.author),
        when=when(state, kept.at),
    )


def _in_the_thread(state: Incident, shown: ThreadPreview, rejected: Rejected) -> Rejected:
    """The refusal in words that fit a message with buttons, where no window is open."""
    if rejected.code == "changed":
        return _moved_on(state, shown)
    if rejected.code != "finding":
        return rejected
    return reject(
        "finding",
        "{message} Nothing was sent. Press *Change…*: your words are kept.",
        message=str(rejected.sentence),
    )


CLICKS: Mapping[str, tuple[Click, int]] = {names.SUBMIT_SHOWN: (submit_shown, 2)}

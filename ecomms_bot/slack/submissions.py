"""What comes back from the modals: kept or refused before Slack is answered, the words still there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecomms_bot.incident.commands import (
    AskForChanges,
    Command,
    Decline,
    MarkPublished,
    SaveDraft,
    ShowTexts,
    SubmitDraft,
)
from ecomms_bot.incident.events import FieldValue, Receipt
from ecomms_bot.incident.rules.drafts import mark_of
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import Rejected, Sentence, When, Who, say
from ecomms_bot.playbook.drafting import parse_all
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.slack import forms, inputs, names
from ecomms_bot.slack.composing import Composed, compose, repeated_values
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.following import as_read_now
from ecomms_bot.slack.listeners import Submission, done, errors
from ecomms_bot.slack.writing import SUBMIT, Writing, blocks_submit, is_long, preview

Body = dict[str, Any]
DISPUTED = "disputed"
"""How the rules refuse a text that says what sources disagree about."""


def keep_draft(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any]:
    """*Next*: keeps the working copy, then shows the texts. A field in error keeps what was typed."""
    held = forms.metadata_of(view)
    writing = Writing.of(held)
    state = desk.state(body, writing.incident)
    writing, now = as_read_now(state, writing), desk.now()
    step = state.step(writing.step)
    values, wrong = parse_all(state.book, step, writing.kind, inputs.raw_values(view), state.zone, now)
    if wrong:
        first = inputs.input_blocks(view)[0]
        fields = inputs.input_blocks(view)
        return errors(**{error.field if error.field in fields else first: error.message for error in wrong})
    # Rendered first: after the commit nothing may fail any more.
    composed = compose(state, writing, values, now)
    kept = _kept(writing, values, seen=held.get("w"))
    state = desk.do(body, writing.incident, kept, body["trigger_id"]).state
    shown = _preview(state, writing, composed, {"w": mark_of(writing.kind, values)})
    if is_long(shown) and not blocks_submit(composed.findings):
        _show_in_thread(desk, body, writing, values, composed, command_id=body["trigger_id"])
    return {"response_action": "push", "view": shown}


def _kept(writing: Writing, values: Mapping[str, FieldValue], seen: str | None = None) -> SaveDraft:
    return SaveDraft(writing.draft, writing.step, writing.kind, values, seen=seen, about=writing.about)


def _show_in_thread(
    desk: Desk,
    body: Body,
    writing: Writing,
    values: Mapping[str, FieldValue],
    composed: Composed,
    *,
    command_id: str,
) -> None:
    """Texts too long for a window are posted whole, and submitted from there."""
    command = ShowTexts(writing.draft, writing.step, writing.kind, values, composed.texts, composed.sha256)
    desk.do(body, writing.incident, command, f"{command_id}/texts")


def _preview(
    state: Incident, writing: Writing, composed: Composed, held: Mapping[str, Any], *, problem: str = ""
) -> dict[str, Any]:
    """The preview of these texts, which holds what the one before it held."""
    return preview(
        state,
        writing,
        composed.texts,
        composed.sha256,
        composed.findings,
        tier=composed.tier,
        seen=held.get("w"),
        extra={name: held[name] for name in ("t", "r") if name in held},
        problem=problem,
    )


def submit_draft(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    """Asks for approval of exactly the texts of this preview."""
    held = forms.metadata_of(view)
    writing = Writing.of(held)
    state = desk.state(body, writing.incident)
    renews = bool(held.get("r"))
    values = previewed_values(state, writing, held, desk.office_values())
    if values is None:
        raise Rejected("lost", say("This draft is not there any more. Open it again; nothing was sent."))
    composed = compose(state, writing, values, desk.now(), renews=renews)
    if is_long(view):
        return _keep_and_show(desk, body, writing, values, composed, command_id=view["id"])
    command = SubmitDraft(
        draft=writing.draft,
        step=writing.step,
        kind=writing.kind,
        values=values,
        texts=composed.texts,
        text_sha256=held["h"],
        renews=renews,
        seen=held.get("w"),
        about=writing.about,
    )
    try:
        outcome = desk.do(body, writing.incident, command, view["id"])
    except Rejected as rejected:
        if rejected.code not in {"finding", DISPUTED}:
            raise
        newest = desk.state(body, writing.incident)
        return _no_longer_sound(desk.now(), newest, writing, values, held, disputed=rejected.code == DISPUTED)
    if outcome.duplicate or not outcome.new:
        revision = outcome.state.drafts[writing.draft].current.number
        words = say("Revision {number} was sent for approval already.", number=revision)
        return done("Done", words, outcome.state)
    return None


def _keep_and_show(
    desk: Desk,
    body: Body,
    writing: Writing,
    values: Mapping[str, FieldValue],
    composed: Composed,
    *,
    command_id: str,
) -> dict[str, Any]:
    """Texts that one click made and no window can hold: kept as a draft, and posted to be submitted."""
    kept = _kept(writing, values)
    state = desk.do(body, writing.incident, kept, command_id).state
    _show_in_thread(desk, body, writing, values, composed, command_id=command_id)
    words = say(
        "Every word is being posted in the thread of *{step}*; *{submit}* is there.",
        step=state.step(writing.step).title,
        submit=SUBMIT,
    )
    return done("Preview", words, state)


def _no_longer_sound(
    now: datetime,
    state: Incident,
    writing: Writing,
    values: Mapping[str, FieldValue],
    held: Mapping[str, Any],
    *,
    disputed: bool,
) -> dict[str, Any]:
    """A time passed, or a source said otherwise, since the preview was drawn: what is found in it now."""
    composed = compose(state, writing, values, now, renews=bool(held.get("r")))
    if disputed:
        problem = "Nothing was sent, because sources disagree since. Your words are kept."
    elif "t" in held:  # opened by one click, so there is no form behind it
        problem = "A time in this text has passed. Nothing was sent. Close this and press the button again."
    else:
        problem = "Press *Back* and choose a later time; your words are kept."
    return {"response_action": "update", "view": _preview(state, writing, composed, held, problem=problem)}


def previewed_values(
    state: Incident, writing: Writing, held: Mapping[str, Any], office: Mapping[str, str]
) -> dict[str, FieldValue] | None:
    """The facts behind a preview: the working copy, or what was said last with the modal's new times."""
    draft = state.drafts.get(writing.draft)
    if "t" in held:
        times = {name: Instant.of(datetime.fromisoformat(at), state.zone) for name, at in held["t"].items()}
        if held.get("r") and draft is not None and draft.last is not None:
            return {**draft.current.values, **times}
        return {**repeated_values(state, writing, office), **times}
    if draft is None:
        return None
    if draft.working is not None:
        return dict(draft.working.values)
    return dict(draft.current.values) if draft.last is not None else None


def ask_for_changes(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, reason = forms.metadata_of(view), inputs.raw_values(view)["reason"] or ""
    return _decided(desk, body, view, AskForChanges(held["d"], held["n"], reason))


def decline(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    held, reason = forms.metadata_of(view), inputs.raw_values(view)["reason"] or ""
    return _decided(desk, body, view, Decline(held["d"], held["n"], reason))


def _decided(desk: Desk, body: Body, view: dict[str, Any], command: Command) -> dict[str, Any] | None:
    outcome = desk.do(body, forms.metadata_of(view)["i"], command, view["id"])
    if outcome.duplicate:
        return done("Done", say("Your decision was counted already."), outcome.state)
    return None


def mark_published(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, Any] | None:
    """Records where and when it was posted; in an exercise, played."""
    held, entered = forms.metadata_of(view), inputs.raw_values(view)
    at = entered["attested_at"]
    if at is None:
        return errors(attested_at="Give the time it was posted.")
    receipts = tuple(
        Receipt(channel=channel, attested_at=at, proof=(entered.get(f"proof-{channel}") or "").strip())
        for channel in entered["channels"]
    )
    late = bool(entered.get("posted_late"))
    command = MarkPublished(held["d"], held["n"], receipts, posted_late=late)
    try:
        outcome = desk.do(body, held["i"], command, view["id"])
    except Rejected as rejected:
        if rejected.code != "renew" or "posted_late" in inputs.input_blocks(view):
            raise
        return _asks_about_late(desk, body, view)
    if outcome.duplicate:
        draft = outcome.state.drafts[held["d"]]
        return done("Done", _marked_words(outcome.state, draft), outcome.state)
    return None


def _asks_about_late(desk: Desk, body: Body, view: Mapping[str, Any]) -> dict[str, Any]:
    """The promised time passed while the form was open: the same form again, now with the question."""
    held = forms.metadata_of(view)
    state = desk.state(body, held["i"])
    draft = state.drafts[held["d"]]
    # The revision that was posted, also if another replaced it meanwhile: nobody posted that one.
    revision = draft.revision(held["n"]) or draft.current
    fresh = forms.mark_form(state, draft, revision, desk.now(), interrupted=True)
    return {"response_action": "update", "view": {**fresh, "blocks": inputs.filled_in(view, fresh["blocks"])}}


def _marked_words(state: Incident, draft: Draft) -> Sentence:
    mark = draft.marks[-1]
    return say(
        "{who} marked it at {when}. Nothing was recorded twice.",
        who=Who(mark.person),
        when=When(mark.at, state.zone),
    )


SUBMISSIONS: Mapping[str, Submission] = {
    names.DRAFT_FORM: keep_draft,
    names.PREVIEW: submit_draft,
    names.CHANGES_FORM: ask_for_changes,
    names.DECLINE_FORM: decline,
    names.MARK_FORM: mark_published,
}

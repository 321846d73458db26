"""Writing: the working copy that *Next* keeps, and the revision that is submitted for approval."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

from ecomms_bot.incident.commands import Context, SaveDraft, ShowTexts, StartStep, SubmitDraft, WithdrawDraft
from ecomms_bot.incident.events import (
    About,
    DraftSaved,
    DraftWithdrawn,
    Event,
    FieldValue,
    Kind,
    PreviewAsked,
    RevisionSubmitted,
    Texts,
)
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_draft, require_open, require_step, require_text, when
from ecomms_bot.incident.rules.facts import facts_said, require_undisputed
from ecomms_bot.incident.rules.following import channels_for, linked, require_same_channels
from ecomms_bot.incident.rules.opening import start_step
from ecomms_bot.incident.state import Draft, Incident, Revision, ThreadPreview, Working
from ecomms_bot.incident.wording import Rejected, Who, reject
from ecomms_bot.playbook.checks import check
from ecomms_bot.playbook.drafting import Render, TextTooLong, render, text_sha256, words_equal_but_times
from ecomms_bot.playbook.exercise import is_marked
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.model import StepText
from ecomms_bot.playbook.values import EXPIRES, NEXT_UPDATE, NO_PROMISE_REASON, is_empty

BOUNDED_TIER = "T0"
"""The tier of texts of which only the times are new."""
MARK_LENGTH = 12
REASON_MAX = 500
NOTHING_KEPT = "nothing"
"""The mark of a draft without words."""


def save_draft(state: Incident, command: SaveDraft, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.DRAFT, state)
    require_text(state, command.step, command.kind)
    draft = _writable(state, command.draft, command.step)
    about = linked(state, command, draft)
    same = draft is not None and (draft.kind, draft.about) == (command.kind, about)
    if draft is not None and same and _kept(draft) == dict(command.values):
        return ()
    kept = kept_copy(draft)
    if kept is not None and kept.author != ctx.person.id and command.seen not in {None, kept_mark(draft)}:
        raise _changed(state, kept)
    saved = DraftSaved(
        draft=command.draft,
        step=command.step,
        kind=command.kind,
        author=ctx.person.id,
        values=dict(command.values),
        about=about,
    )
    return (*start_step(state, StartStep(command.step), ctx), saved)


def submit_draft(state: Incident, command: SubmitDraft, ctx: Context) -> tuple[Event, ...]:
    require_open(state)
    require(ctx.person, Act.DRAFT, state)
    text = require_text(state, command.step, command.kind)
    draft = _writable(state, command.draft, command.step)
    _require_as_previewed(state, draft, command)
    if draft is not None and draft.last is not None and draft.last.text_sha256 == command.text_sha256:
        return _same_again(draft)
    if command.renews and not _renewable(draft, command.kind):
        raise reject(
            "renew",
            "Only an approved text that is not out yet can have its times renewed. Nothing was changed.",
        )
    about = linked(state, command, draft)
    require_same_channels(state, about, command.about or (draft.about if draft else None))
    require_undisputed(state, command.values, ctx.now)
    _require_sound(state, text, command, ctx, about)
    tier = _tier(state, command)
    target = timedelta(minutes=state.book.tiers[tier].target_minutes)
    next_update = command.values.get(NEXT_UPDATE) if text.promises else None
    expires = command.values.get(EXPIRES)
    submitted = RevisionSubmitted(
        draft=command.draft,
        step=command.step,
        kind=command.kind,
        revision=len(draft.revisions) + 1 if draft else 1,
        author=ctx.person.id,
        values=dict(command.values),
        texts=command.texts,
        text_sha256=command.text_sha256,
        tier=tier,
        roles=state.book.tiers[tier].roles,
        wanted_by=Instant.of(ctx.now + target, state.zone),
        next_update=next_update if isinstance(next_update, Instant) else None,
        no_promise_reason=str(command.values.get(NO_PROMISE_REASON) or ""),
        renews=command.renews,
        facts=facts_said(state, command.values),
        about=about,
        expires=expires if isinstance(expires, Instant) else None,
    )
    return (*start_step(state, StartStep(command.step), ctx), submitted)


def withdraw_draft(state: Incident, command: WithdrawDraft, ctx: Context) -> tuple[Event, ...]:
    """What is out cannot be taken back; what was written stays in the log, and its step is to do again."""
    draft = require_withdrawable(state, command.draft, ctx)
    reason = command.reason.strip()
    if len(reason) > REASON_MAX:
        raise reject(
            "reason",
            "Say why in up to {most} characters. Nothing was changed.",
            field="reason",
            most=REASON_MAX,
        )
    return (DraftWithdrawn(draft=draft.id, person=ctx.person.id, reason=reason),)


def require_withdrawable(state: Incident, draft_id: str, ctx: Context) -> Draft:
    """The draft, if this person may withdraw it now; also asked before a form is opened."""
    require_open(state)
    draft = require_draft(state, draft_id)
    require(ctx.person, Act.WITHDRAW_DRAFT, state, draft)
    if draft.status == "withdrawn" and draft.withdrawal is not None:
        raise reject(
            "withdrawn",
            "{who} withdrew this draft at {when}. Nothing was changed.",
            who=Who(draft.withdrawal.person),
            when=when(state, draft.withdrawal.at),
        )
    if draft.status == "declined":
        raise reject("ended", "This draft was declined, so there is nothing to withdraw.")
    if any(revision.receipts for revision in draft.revisions):
        raise reject(
            "out",
            "This text was marked as published, so it cannot be withdrawn. If it is wrong, publish a "
            "correction. If it was not posted, correct the receipt.",
        )
    return draft


def show_texts(state: Incident, command: ShowTexts, ctx: Context) -> tuple[Event, ...]:
    """Nothing if these very texts are the last that were shown of this draft, or are submitted already."""
    require_open(state)
    require(ctx.person, Act.DRAFT, state)
    text = require_text(state, command.step, command.kind)
    draft = _writable(state, command.draft, command.step)
    kept = kept_copy(draft)
    if draft is None or kept is None:
        raise reject("no-draft", "This draft was not kept yet. Open it again and press Next.")
    if dict(kept.values) != dict(command.values):
        raise _changed(state, kept)
    if draft.last is not None and draft.last.text_sha256 == command.text_sha256:
        return _same_again(draft)
    _require_whole(state, text, command, draft.about)
    newest = newest_preview(state, draft.id)
    if newest is not None and _asks_for(newest, command):
        return ()
    return (
        PreviewAsked(
            draft=draft.id,
            step=command.step,
            kind=command.kind,
            person=ctx.person.id,
            values=dict(command.values),
            texts=command.texts,
            text_sha256=command.text_sha256,
        ),
    )


def newest_preview(state: Incident, draft_id: str) -> ThreadPreview | None:
    """What was shown of this draft last in its step's thread."""
    shown = [each for each in state.previews.values() if each.draft == draft_id]
    return max(shown, key=lambda each: each.seq, default=None)


def preview_stands(state: Incident, shown: ThreadPreview) -> bool:
    """Whether these are still the newest words of an open draft, and not sent for approval yet."""
    draft = state.drafts.get(shown.draft)
    if draft is None or not draft.open or newest_preview(state, shown.draft) != shown:
        return False
    sent = draft.last is not None and draft.last.text_sha256 == shown.text_sha256
    return not sent and kept_mark(draft) == mark_of(shown.kind, shown.values)


def _asks_for(shown: ThreadPreview, command: ShowTexts) -> bool:
    same_text = (shown.kind, shown.text_sha256) == (command.kind, command.text_sha256)
    return same_text and dict(shown.values) == dict(command.values)


def tier_for(
    state: Incident, step_id: str, kind: Kind, values: Mapping[str, FieldValue], last: Revision | None
) -> str:
    """The bounded tier if all words but the times equal the `last` approved revision, else the step's own.

    Words that went past their approvals are not cleared by that.
    """
    step = state.step(step_id)
    if last is not None and not last.overridden and BOUNDED_TIER in state.book.tiers:
        equal = words_equal_but_times(
            state.book, step, kind, last.values, values, state.name, exercise=state.exercise, zone=state.zone
        )
        if equal:
            return BOUNDED_TIER
    tier = state.book.tier_of(step, kind)
    return step.tier if tier == BOUNDED_TIER and kind == "no-change" else tier


def last_approved(state: Incident, step_id: str) -> Revision | None:
    """The revision of this step that was approved last, published or not."""
    approved = [
        revision
        for draft in state.drafts.values()
        if draft.step == step_id
        for revision in draft.revisions
        if revision.approved
    ]
    return max(approved, key=lambda revision: revision.approved_at or revision.at, default=None)


def _tier(state: Incident, command: SubmitDraft) -> str:
    """The bounded tier needs texts that follow from the facts alone: only those can be known to be equal."""
    last = None
    if command.renews or command.kind == "no-change":
        last = last_approved(state, command.step)
    if last is not None:
        parts = [(command.kind, command.values, command.texts)]
        if command.renews:
            parts.append((last.kind, last.values, last.texts))
        if not all(_follows(state, command.step, *part) for part in parts):
            last = None
    return tier_for(state, command.step, command.kind, command.values, last)


def _follows(
    state: Incident, step_id: str, kind: Kind, values: Mapping[str, FieldValue], texts: Texts
) -> bool:
    """Whether these are the texts that the playbook makes of these values, with no part of them left out."""
    whole = Render(values, state.name, state.exercise, state.zone, only=frozenset(texts))
    try:
        return render(state.book, state.step(step_id), kind, whole) == texts
    except TextTooLong:
        return False


def _renewable(draft: Draft | None, kind: Kind) -> bool:
    return draft is not None and draft.status == "approved" and draft.current.kind == kind


def _writable(state: Incident, draft_id: str, step_id: str) -> Draft | None:
    """The draft to write on, None for a new one. One draft of a step is written at a time."""
    draft = state.drafts.get(draft_id)
    if draft is not None:
        if draft.step != step_id:
            raise reject("no-draft", "This draft belongs to another step. Open it again from its own thread.")
        if not draft.open:
            raise reject("ended", "This draft was {status} already. Start a new one.", status=draft.status)
        return draft
    other = state.draft_of(step_id)
    if other is not None:
        raise reject(
            "other-draft",
            "{who} began a draft of {step} at {when}. Copy your words, then press Write draft there "
            "to go on with theirs.",
            who=Who(other.authors[0]),
            step=require_step(state, step_id).title,
            when=when(state, other.started_at),
        )
    return None


def kept_copy(draft: Draft | None) -> Working | None:
    """What a form is opened on: the working copy, else the last revision; None of a draft without words."""
    if draft is None or draft.working is not None or draft.last is None:
        return draft.working if draft else None
    return Working(draft.last.values, draft.last.author, draft.last.at)


def kept_mark(draft: Draft | None) -> str:
    """Names the copy that is kept now by its words, so that a form can say what it was opened on."""
    kept = kept_copy(draft)
    return mark_of(draft.kind, kept.values) if draft is not None and kept is not None else NOTHING_KEPT


def mark_of(kind: Kind, values: Mapping[str, FieldValue]) -> str:
    """The mark of a copy with these words. Equal words have equal marks, whoever saved them."""
    plain = {
        name: value.model_dump(mode="json") if isinstance(value, Instant) else value
        for name, value in values.items()
    }
    return hashlib.sha256(json.dumps([kind, plain], sort_keys=True).encode()).hexdigest()[:MARK_LENGTH]


def _kept(draft: Draft) -> dict[str, FieldValue] | None:
    kept = kept_copy(draft)
    return dict(kept.values) if kept is not None else None


def _require_as_previewed(state: Incident, draft: Draft | None, command: SubmitDraft) -> None:
    kept = kept_copy(draft)
    if draft is None or kept is None or command.renews:
        return
    other = draft.working is not None and dict(draft.working.values) != dict(command.values)
    if other or command.seen not in {None, kept_mark(draft)}:
        raise _changed(state, kept)


def _changed(state: Incident, kept: Working) -> Rejected:
    return reject(
        "changed",
        "{who} changed this draft at {when}, after you opened it. Nothing was replaced. Your words are still "
        "in this window: copy what you need, then press Write draft to go on with the newest.",
        who=Who(kept.author),
        when=when(state, kept.at),
    )


def _same_again(draft: Draft) -> tuple[Event, ...]:
    if draft.status != "returned":
        return ()
    back = draft.returns[-1]
    raise reject(
        "unchanged",
        "These are the words of revision {revision}, which {who} sent back (“{reason}”). Change them first.",
        revision=draft.current.number,
        who=Who(back.person),
        reason=back.reason,
    )


def _require_sound(
    state: Incident, text: StepText, command: SubmitDraft, ctx: Context, about: About | None
) -> None:
    _require_whole(state, text, command, about)
    found = check(
        state.book,
        state.step(command.step),
        command.kind,
        command.texts,
        command.values,
        exercise=state.exercise,
        now=ctx.now,
        severity=state.severity,
    )
    for finding in found:
        if finding.severity == "block":
            raise reject("finding", "{message}", field=finding.field, message=finding.message)


def _require_whole(
    state: Incident, text: StepText, command: SubmitDraft | ShowTexts, about: About | None
) -> None:
    """Every text that there has to be, as it was hashed, with the mark of an exercise."""
    on = channels_for(text, about)
    places = {(channel, language) for channel, language, _ in text.all_templates() if channel in on}
    given = {(channel, language) for channel, languages in command.texts.items() for language in languages}
    typed = all(_fits(state, name, value) for name, value in command.values.items())
    if given != places or not typed or text_sha256(command.texts) != command.text_sha256:
        raise reject(
            "mismatch", "The texts are not those of the preview. Open the draft again; nothing was sent."
        )
    every = [(text, channel) for channel, languages in command.texts.items() for text in languages.values()]
    if state.exercise and not all(is_marked(text, channel) for text, channel in every):
        raise reject("mark", "This is an exercise, and a text lacks the exercise mark. Nothing was sent.")


def _fits(state: Incident, name: str, value: FieldValue) -> bool:
    """Times stand in fields for times, words in the others."""
    field = state.book.fields.get(name)
    return field is not None and (is_empty(value) or isinstance(value, Instant) == (field.type == "datetime"))

"""What went out in words: receipts, what was wrong about them, and the promises to the public."""

from __future__ import annotations

from ecomms_bot.incident import events as e
from ecomms_bot.incident.rules.releases import lateness_words
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling.base import promise_of, revision_of, tell, with_, with_reason, with_text
from ecomms_bot.incident.telling.following import with_link, with_what_put_it_right
from ecomms_bot.incident.wording import Sentence, When, Who, say
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order


@tell.register
def _(event: e.MarkedPublished, _recorded: Recorded, state: Incident) -> Sentence:
    times = sorted(receipt.attested_at for receipt in event.receipts)
    channels = in_reading_order(receipt.channel for receipt in event.receipts)
    span = "{first}" if times[0] == times[-1] else "{first} to {last}"
    said = say(
        f"played on {{channels}} ({span})"
        if state.exercise
        else f"published on {{channels}} (posted {span})",
        channels=", ".join(CHANNELS[channel].title for channel in channels),
        first=When(times[0], state.zone),
        last=When(times[-1], state.zone),
    )
    told = with_text(said, state, event.draft, event.revision)
    told = with_(revision_of(state, event.draft, event.revision), " ", told)
    draft = state.drafts.get(event.draft)
    told = with_link(told, state, draft.about if draft else None)
    return with_what_put_it_right(told, state, event.draft, event.revision)


@tell.register
def _(event: e.PromiseMade, _recorded: Recorded, _state: Incident) -> Sentence:
    return say("Next update promised for {promised}", promised=When.of(event.due))


@tell.register
def _(event: e.PromiseAnswered, _recorded: Recorded, state: Incident) -> Sentence:
    words = lateness_words(event.late_seconds, kept=event.kept)
    return with_(promise_of(state, event.promise), " ", say("{words}", words=words))


@tell.register
def _(event: e.PromiseWithdrawn, _recorded: Recorded, state: Incident) -> Sentence:
    said = say("withdrawn by {who}: {reason}", who=Who(event.person), reason=event.reason)
    return with_(promise_of(state, event.promise), " ", said)


@tell.register
def _(event: e.PromiseReopened, _recorded: Recorded, state: Incident) -> Sentence:
    return with_(promise_of(state, event.promise), " ", say("is owed again"))


@tell.register
def _(event: e.ReceiptCorrected, recorded: Recorded, state: Incident) -> Sentence:
    told = say(
        ", receipt for {channel} corrected by {who}",
        channel=CHANNELS[event.channel].title,
        who=Who(event.person),
    )
    subject = revision_of(state, event.draft, event.revision)
    how = _how_it_was(event.receipt, _recorded_before(event, recorded, state), state)
    return with_reason(with_(subject, told, " (", how, ")"), event.reason)


def _recorded_before(event: e.ReceiptCorrected, recorded: Recorded, state: Incident) -> e.Receipt | None:
    """What had been said until this entry; None if that was redacted."""
    draft = state.drafts.get(event.draft)
    corrections = draft.corrections if draft else ()
    return next((each.before for each in corrections if each.seq == recorded.seq), None)


def _how_it_was(now: e.Receipt | None, before: e.Receipt | None, state: Incident) -> Sentence:
    """What is so, and what had been said."""
    out = "played" if state.exercise else "posted"
    was = When(before.attested_at, state.zone) if before else None
    if now is None:
        said = say("not {out} there", out=out)
        return with_(said, ", ", say("was {was}", was=was)) if was else said
    said = say("{out} {at}", out=out, at=When(now.attested_at, state.zone))
    if before is None:
        return said
    if was is not None and now.attested_at != before.attested_at:
        said = with_(said, ", ", say("not {was}", was=was))
    if now.proof == before.proof:
        return said
    proof = say("no proof")
    if now.proof:
        proof = say("link {proof}" if "://" in now.proof else "proof {proof}", proof=now.proof)
    return with_(said, ", ", proof)

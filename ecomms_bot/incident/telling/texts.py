"""Texts in words, until they are approved: written, submitted, reviewed, withdrawn."""

from __future__ import annotations

from ecomms_bot.incident import events as e
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling.base import (
    REDACTED_TEXT,
    and_,
    revision_of,
    tell,
    title_of,
    with_,
    with_reason,
    with_text,
)
from ecomms_bot.incident.telling.following import with_link
from ecomms_bot.incident.wording import Sentence, When, Who, say
from ecomms_bot.playbook.drafting import fingerprint


@tell.register
def _(event: e.DraftSaved, _recorded: Recorded, state: Incident) -> Sentence:
    return say(
        "Draft of {title} saved by {who}",
        title=title_of(state, event.step, event.kind),
        who=Who(event.author),
    )


@tell.register
def _(event: e.RevisionSubmitted, _recorded: Recorded, state: Incident) -> Sentence:
    template = "Revision {number} of {title} submitted by {who}, wanted by {wanted}, text {mark}"
    if event.renews:
        template = template.replace(" submitted", ", new times only, submitted")
    told = say(
        template,
        number=event.revision,
        title=title_of(state, event.step, event.kind),
        who=Who(event.author),
        wanted=When.of(event.wanted_by),
        mark=fingerprint(event.text_sha256),
    )
    return with_link(told, state, event.about)


@tell.register
def _(event: e.ApprovalGiven, _recorded: Recorded, state: Incident) -> Sentence:
    roles = "without roles configured" if event.without_roles else "as " + and_(event.roles)
    return with_(
        revision_of(state, event.draft, event.revision),
        " ",
        say(
            "approved by {who} {roles}, text {mark}",
            who=Who(event.person),
            roles=roles,
            mark=fingerprint(event.text_sha256),
        ),
    )


@tell.register
def _(event: e.ApprovalOverridden, _recorded: Recorded, state: Incident) -> Sentence:
    told = say(
        "approvals overridden by {who} as {roles}, text {mark}",
        who=Who(event.person),
        roles=and_(event.roles) if event.roles else "nobody in particular",
        mark=fingerprint(event.text_sha256),
    )
    return with_reason(with_(revision_of(state, event.draft, event.revision), ": ", told), event.reason)


@tell.register
def _(event: e.SecondReviewGiven, _recorded: Recorded, state: Incident) -> Sentence:
    found = "found it right" if event.agrees else "found it wrong"
    told = say("{who} reviewed it once more and {found}", who=Who(event.person), found=found)
    return with_reason(with_(revision_of(state, event.draft, event.revision), ": ", told), event.note)


@tell.register
def _(event: e.DraftApproved, _recorded: Recorded, state: Incident) -> Sentence:
    may = "played" if state.exercise else "published"
    if event.overridden:
        told = say("may be {may} without the approvals it lacks", may=may)
        return with_(revision_of(state, event.draft, event.revision), " ", told)
    return with_(
        revision_of(state, event.draft, event.revision),
        " ",
        say("has every approval it needs and may be {may}", may=may),
    )


@tell.register
def _(event: e.ApprovalTakenBack, _recorded: Recorded, state: Incident) -> Sentence:
    return with_(
        revision_of(state, event.draft, event.revision),
        ": ",
        say("{who} took the approval back", who=Who(event.person)),
    )


@tell.register
def _(event: e.ChangesAsked, _recorded: Recorded, state: Incident) -> Sentence:
    return with_(
        revision_of(state, event.draft, event.revision),
        " ",
        with_text(say("sent back by {who}", who=Who(event.person)), state, event.draft, event.revision),
        ": ",
        say("{reason}", reason=event.reason),
    )


@tell.register
def _(event: e.DraftDeclined, _recorded: Recorded, state: Incident) -> Sentence:
    return with_(
        revision_of(state, event.draft, event.revision),
        " ",
        with_text(say("declined by {who}", who=Who(event.person)), state, event.draft, event.revision),
        ": ",
        say("{reason}", reason=event.reason),
    )


@tell.register
def _(event: e.DraftWithdrawn, _recorded: Recorded, state: Incident) -> Sentence:
    draft = state.drafts.get(event.draft)
    title = title_of(state, draft.step, draft.kind) if draft else REDACTED_TEXT
    told = say("Draft of {title} withdrawn by {who}", title=title, who=Who(event.person))
    return with_reason(told, event.reason)


@tell.register
def _(event: e.PreviewAsked, _recorded: Recorded, state: Incident) -> Sentence:
    return say(
        "{who} had every word of {title} shown in its thread, text {mark}",
        who=Who(event.person),
        title=title_of(state, event.step, event.kind),
        mark=fingerprint(event.text_sha256),
    )

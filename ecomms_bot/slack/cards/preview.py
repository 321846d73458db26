"""Texts in full before they are submitted, in the step's thread: those that no window can hold."""

from __future__ import annotations

from ecomms_bot.incident.rules.drafts import preview_stands
from ecomms_bot.incident.state import Incident, ThreadPreview
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.drafting import fingerprint
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, context, paragraphs
from ecomms_bot.slack.cards.following import follows
from ecomms_bot.slack.cards.texts import shown as shown_texts
from ecomms_bot.slack.cards.view import View, compose, gone, joined, lines, write_button
from ecomms_bot.slack.message import Block, Message


def preview(view: View, draft_id: str, seq: str) -> Message:
    """The texts of one moment, and the buttons that submit or change them while they are the newest."""
    shown = next((each for each in view.state.previews.values() if str(each.seq) == seq), None)
    if shown is None or shown.draft != draft_id:
        return gone("This preview")
    usable = view.state.open and preview_stands(view.state, shown)
    title = say("*{title}*", title=view.title(shown.step, shown.kind))
    top = joined(title, _to_do(shown) if usable else _what_became(view, shown), ". ")
    draft = view.state.drafts.get(draft_id)
    about = [follows(view.state, draft.about)] if draft is not None and draft.about is not None else []
    texts, replies = shown_texts(shown.texts, joined(title, say("preview"), ", "))
    small = context(f"Text {fingerprint(shown.text_sha256)}")
    row = _buttons(view, shown) if usable else ()
    return compose([top, *about], (*paragraphs(lines([top, *about])), *texts, small, *row), replies)


def submitted_from(state: Incident, shown: ThreadPreview) -> int | None:
    """The number of the revision with exactly these texts, unless they are still to be sent."""
    draft = state.drafts.get(shown.draft)
    if draft is None or preview_stands(state, shown):
        return None
    same = [each.number for each in draft.revisions if each.text_sha256 == shown.text_sha256]
    return same[-1] if same else None


def _to_do(shown: ThreadPreview) -> Sentence:
    return say(
        "{who}, here is every word. Nothing is sent yet: read it, then press *Submit for approval*.",
        who=Who(shown.person),
    )


def _what_became(view: View, shown: ThreadPreview) -> Sentence:
    draft = view.state.drafts.get(shown.draft)
    number = submitted_from(view.state, shown)
    revision = draft.revision(number) if draft is not None and number is not None else None
    if revision is not None:
        return say(
            "Revision {number} was submitted from this at {when}.",
            number=revision.number,
            when=view.when(revision.at),
        )
    if not view.state.open:
        return say("It was not submitted: the incident is closed.")
    if draft is not None and not draft.open:
        return say("It was not submitted: the draft was {status}.", status=draft.status)
    return say("These are not the newest words of this draft any more, so they cannot be submitted.")


def _buttons(view: View, shown: ThreadPreview) -> tuple[Block, ...]:
    value = names.pack(view.state.id, str(shown.seq))
    return buttons(
        button("Submit for approval", names.SUBMIT_SHOWN, value, "primary"),
        write_button(view, shown.step, shown.kind, "Change…"),
    )

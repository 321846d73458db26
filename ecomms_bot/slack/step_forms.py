"""The modals around a step: why it is skipped, why a draft is taken back, how it was really posted. Pure."""

from __future__ import annotations

from ecomms_bot.incident.state import Draft, Incident, Revision
from ecomms_bot.incident.wording import When, say
from ecomms_bot.playbook.channels import CHANNELS, in_reading_order
from ecomms_bot.playbook.exercise import SIGN
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import context, section
from ecomms_bot.slack.forms import View, modal, title_of
from ecomms_bot.slack.inputs import ask, moment_input, option, radio_input, select_input, text_input
from ecomms_bot.slack.message import Block
from ecomms_bot.slack.text import clock, mrkdwn

REASON_MAX = 500
PROOF_MAX = 500
POSTED, NOT_POSTED = "posted", "not-posted"
"""How a receipt is wrong: the text is out, but not as recorded; or it is not out at all."""


def skip_form(state: Incident, step_id: str) -> View:
    """Asks why a step is not done."""
    step = state.step(step_id)
    what = say("*{step}* of {name} is marked as skipped.", step=step.title, name=state.name)
    blocks = [
        section(mrkdwn(what)),
        context("Nothing is lost: whoever presses *Write draft* in its thread takes it up again."),
        ask("reason", "Why", text_input(REASON_MAX, multiline=True)),
    ]
    return modal(
        names.SKIP_FORM,
        "Skip step",
        blocks,
        submit="Skip step",
        metadata={"i": state.id, "s": step_id},
        exercise=state.exercise,
    )


def withdraw_form(state: Incident, draft: Draft) -> View:
    """Tells an author what taking the draft back does; a reason helps those who were asked to read it."""
    title = title_of(state, draft.step, draft.kind)
    if draft.last is None:
        what = say("You take back *{title}*. It was not sent for approval yet.", title=title)
    else:
        number = draft.last.number
        what = say("You take back *{title}*, revision {number}.", title=title, number=number)
    blocks = [
        section(mrkdwn(what)),
        context(
            "Nobody can approve or publish it then. The step is to do again, and *Write draft* brings your "
            "words back."
        ),
        ask("reason", "Why", text_input(REASON_MAX, multiline=True), optional=True),
    ]
    return modal(
        names.WITHDRAW_FORM,
        "Withdraw",
        blocks,
        submit="Withdraw draft",
        metadata={"i": state.id, "d": draft.id},
        exercise=state.exercise,
    )


def correct_form(state: Incident, draft: Draft, revision: Revision) -> View:
    """Asks which receipt is wrong, and how it was in truth. In an exercise there are no links."""
    marked = [each for each in in_reading_order(revision.texts) if each in revision.receipts]
    known = revision.receipts[marked[0]][0] if len(marked) == 1 else None
    out = "played" if state.exercise else "posted"
    title = title_of(state, draft.step, revision.kind)
    what = say(
        "*{title}*, revision {number}, for {name}.", title=title, number=revision.number, name=state.name
    )
    channels = [option(CHANNELS[each].title, each, _recorded(state, revision, each)) for each in marked]
    keep = "Leave it empty to keep what is recorded."
    blocks: list[Block] = [
        section(mrkdwn(what)),
        ask("channel", "Which receipt is wrong", select_input(channels, marked[0] if known else None)),
        ask("what", "How it was", radio_input(_ways(out))),
        ask(
            "attested_at",
            f"{out.capitalize()} at",
            moment_input(known.attested_at if known else None),
            hint=keep,
            optional=True,
        ),
    ]
    if not state.exercise:
        proof = text_input(PROOF_MAX, known.proof if known else None)
        label = "Link, number or place of a sign, or other proof" if SIGN in marked else "Link or other proof"
        blocks.append(ask("proof", label, proof, hint=keep, optional=True))
    blocks.append(ask("reason", "What went wrong", text_input(REASON_MAX, multiline=True)))
    return modal(
        names.CORRECT_FORM,
        "Correct",
        blocks,
        submit="Save",
        metadata={"i": state.id, "d": draft.id, "n": revision.number},
        exercise=state.exercise,
    )


def _ways(out: str) -> list[Block]:
    return [
        option(f"It was {out}, but the details are wrong", POSTED, "Give the right time or proof below"),
        option(f"It was not {out} there", NOT_POSTED, "The channel is to do again"),
    ]


def _recorded(state: Incident, revision: Revision, channel: str) -> str:
    return f"Recorded: {clock(When(revision.receipts[channel][0].attested_at, state.zone))}"

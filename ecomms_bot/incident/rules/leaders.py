"""What the bot handed out to leaders: the message in their conversation is itself the proof."""

from __future__ import annotations

from ecomms_bot.incident.commands import Context, RecordPosted
from ecomms_bot.incident.events import Event, MarkedPublished, Receipt
from ecomms_bot.incident.leaders import of_thing
from ecomms_bot.incident.rules.opening import next_step
from ecomms_bot.incident.state import Incident, Revision
from ecomms_bot.playbook.channels import LEADERS


def handed_out(state: Incident, command: RecordPosted, ctx: Context) -> tuple[Event, ...]:
    """The receipt of a text for leaders, together with the message: there is one when it stands there.

    Never refused: what was posted is recorded, also where somebody stopped it in the same moment.
    """
    found = of_thing(state, command.thing)
    if found is None:
        return ()
    draft, revision = found
    if not revision.leaders or LEADERS not in revision.texts or LEADERS in revision.receipts:
        return ()
    receipt = Receipt(
        channel=LEADERS,
        attested_at=min(ctx.now, revision.taken_back.at) if revision.taken_back else ctx.now,
        proof=f"Slack message {command.ts} in {command.conversation}",
    )
    marked = MarkedPublished(
        draft=draft.id, revision=revision.number, person=ctx.person.id, receipts=(receipt,)
    )
    return (marked, *(next_step(state, draft.step, ctx) if _goes_out(state, revision) else ()))


def _goes_out(state: Incident, revision: Revision) -> bool:
    """Whether this alone puts the text where it is meant for, so that the next step begins."""
    return state.open and not revision.out and not revision.for_public

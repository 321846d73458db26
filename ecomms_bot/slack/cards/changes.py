"""What is different since the revision before: said first, so that a lead need not compare."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident.state import Draft, Revision
from ecomms_bot.incident.wording import Sentence, say
from ecomms_bot.playbook.channels import in_reading_order
from ecomms_bot.slack.cards.view import View, channel_names
from ecomms_bot.slack.text import listed

LISTED_MAX = 10


def changes(view: View, draft: Draft, revision: Revision) -> Iterator[Sentence]:
    before = next((each for each in draft.revisions if each.number == revision.number - 1), None)
    if before is None or not before.texts:
        return
    channels = [
        each for each in in_reading_order(revision.texts) if revision.texts[each] != before.texts.get(each)
    ]
    facts = _facts(view, before, revision)
    if revision.renews:
        yield say("*Changed* since revision {n}: only the times.", n=before.number)
    elif facts:
        yield say(
            "*Changed* since revision {n}: {facts}. In the texts on {channels}.",
            n=before.number,
            facts=listed(facts),
            channels=channel_names(channels),
        )
    else:
        yield say(
            "*Changed* since revision {n}: the texts on {channels}.",
            n=before.number,
            channels=channel_names(channels),
        )


def _facts(view: View, before: Revision, revision: Revision) -> list[str]:
    fields = view.state.book.fields
    changed = [
        name
        for name in dict.fromkeys((*revision.values, *before.values))
        if revision.values.get(name) != before.values.get(name)
    ]
    titles = [fields[name].label if name in fields else name for name in changed]
    return [*titles[:LISTED_MAX], f"{len(titles) - LISTED_MAX} more"] if len(titles) > LISTED_MAX else titles

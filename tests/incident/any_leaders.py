"""Leaders among anything that happens: a text for them, and what must be so of it at any time."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ecomms_bot.incident import leaders, things
from ecomms_bot.incident.events import Posted
from ecomms_bot.playbook.channels import LEADERS
from tests.incident.stories import Story

THEIRS = "C-leaders"


def with_leaders(book: Mapping[str, Any]) -> dict[str, Any]:
    """The playbook with a scheduled update that leaders read too."""
    raw = deepcopy(dict(book))
    step = next(each for each in raw["phases"]["during"] if each["id"] == "D4")
    step["channels"] = [*step["channels"], LEADERS]
    for kind in ("update", "no-change"):
        step["texts"][kind]["templates"][LEADERS] = "{{ incident_name }}: {{ road }}."
    return raw


def check_leaders(story: Story) -> None:
    """Each text stands there at most once, with a receipt; one that is to be posted has its task."""
    posted = [each.event.thing for each in story.log if isinstance(each.event, Posted)]
    briefs = [thing for thing in posted if thing.startswith("brief:")]
    assert len(briefs) == len(set(briefs))
    planned = {task.ids.get("thing") for task in story.pending.values()}
    for draft in story.state.drafts.values():
        for revision in draft.revisions:
            thing = things.brief_thing(draft.id, revision.number)
            marked = any(LEADERS in each.channels for each in draft.marks if each.revision == revision.number)
            assert marked or thing not in briefs
            assert (thing in planned) == leaders.to_post(story.state, draft, revision)

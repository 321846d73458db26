"""What people wrote in the threads of texts under review and of injects, in words."""

from __future__ import annotations

from ecomms_bot.incident import events as e
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling.base import revision_of, tell, with_
from ecomms_bot.incident.telling.drilling import inject_named
from ecomms_bot.incident.wording import Sentence, Who, say


@tell.register
def _(event: e.DiscussionAdded, _recorded: Recorded, state: Incident) -> Sentence:
    said = with_(say("{who} wrote in the thread of ", who=Who(event.person)), _which(event, state))
    return _words(said, event)


@tell.register
def _(event: e.DiscussionChanged, _recorded: Recorded, state: Incident) -> Sentence:
    said = say("{who} changed what they wrote in the thread of ", who=Who(event.person))
    return _words(with_(said, _which(event, state)), event)


@tell.register
def _(event: e.DiscussionDeleted, _recorded: Recorded, state: Incident) -> Sentence:
    said = say("What {who} wrote in the thread of ", who=Who(event.person))
    return with_(said, _which(event, state), " was deleted in Slack; this log keeps it")


def _which(event: e.DiscussionAdded | e.DiscussionChanged | e.DiscussionDeleted, state: Incident) -> Sentence:
    if event.inject:
        return with_(say("inject "), inject_named(state, event.inject))
    return revision_of(state, event.draft, event.revision, "revision")


def _words(said: Sentence, event: e.DiscussionAdded | e.DiscussionChanged) -> Sentence:
    said = with_(said, ": ", say("{text}", text=event.text))
    if not event.left_out:
        return said
    return with_(said, say(" … ({left_out} characters more in Slack)", left_out=f"{event.left_out:,}"))

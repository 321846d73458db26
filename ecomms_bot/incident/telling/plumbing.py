"""What the bot did in Slack, and what it could not do, in words."""

from __future__ import annotations

from ecomms_bot.incident import events as e
from ecomms_bot.incident import things
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.telling.base import tell
from ecomms_bot.incident.wording import Sentence, Who, say

THINGS = {
    things.CONVERSATION: "conversation",
    things.CARD: "card",
    "step": "step",
    "review": "review",
    "preview": "texts to read before they are submitted",
    "publish": "texts to publish",
    "brief": "text for leaders",
    "partners": "partners to tell first",
    "returned": "decision",
    "found-wrong": "second look at a text",
    "override": "overridden approval",
    "taken-back": "approval taken back",
    "your-turn": "request to decide next",
    "receipt": "receipt",
    "reminder": "reminder",
    "trouble": "trouble",
    "changed-fact": "fact that changed or is disputed",
    "away": "what came due while no bot was running",
    "turn": "change of course",
    "question": "question of the public",
    "answered": "answer to a question of the public",
    "handover": "handover",
    "report": "log as files",
    things.CLOSING: "closing message",
    things.BRIEFING: "briefing of the drill",
    "inject": "inject of the drill",
    things.DRILL_END: "end of the drill",
    things.DEBRIEF: "debrief as a file",
}
"""What each kind of thing is called."""


@tell.register
def _(event: e.Posted, _recorded: Recorded, _state: Incident) -> Sentence:
    kind, _ = things.split(event.thing)
    return say("Shown in Slack: {thing}, as of entry {seen}", thing=THINGS[kind], seen=event.seen)


@tell.register
def _(event: e.PostGone, _recorded: Recorded, _state: Incident) -> Sentence:
    kind, _ = things.split(event.thing)
    return say("Deleted in Slack: {thing}", thing=THINGS[kind])


@tell.register
def _(event: e.EffectFailed, _recorded: Recorded, _state: Incident) -> Sentence:
    return say("Not done in Slack: {problem} {advice}", problem=event.problem, advice=event.advice)


@tell.register
def _(event: e.ReportAsked, _recorded: Recorded, _state: Incident) -> Sentence:
    return say("{who} asked for the log as files", who=Who(event.person))

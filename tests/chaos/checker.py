"""The independent check of a run: counts what must not be, from the log's rows and what Slack received.

`python -m tests.chaos.checker evidence.json`. It uses nothing of the bot: no rule, no query, no hash of its.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.chaos.log_rules import (
    Log,
    Owed,
    Problems,
    Row,
    chain_is_whole,
    decisions_are_made_once,
    fired,
    owed,
    reminders_doubled,
)

SENT_AGAIN = "Sent again: the first attempt may have arrived."
FAIR_S = 40.0
"""True seconds in which what is due must have been said: longer than any one misfortune lasts."""
NEAR_S = 6.0
"""A bot that dies so shortly after an ack may not have said its personal answer: it has one chance."""
ONE_ENTRY = {
    "open": "IncidentOpened",
    "note": "NoteAdded",
    "fact": "FactRecorded",
    "remind": "ReminderSet",
    "severity": "SeverityChanged",
    "hand over": "HandoverOffered",
    "Ask for changes": "ChangesAsked",
    "Decline": "DraftDeclined",
    "close": "IncidentClosed",
}
"""What one act writes, with the words that were typed in it."""
WANTED = {
    "StepStarted": "post/step:{step}",
    "RevisionSubmitted": "post/review:{draft}:{revision}",
    "DraftApproved": "post/publish:{draft}:{revision}",
    "ChangesAsked": "post/returned:{draft}:{revision}",
    "MarkedPublished": "post/receipt:{draft}:{seq}",
    "SeverityChanged": "post/turn:{seq}",
    "HandoverAccepted": "post/turn:{seq}",
    "WasAway": "post/away:{seq}",
    "IncidentClosed": "post/closing",
}
"""What everybody must be able to read because of an entry, by the key that the message carries."""


@dataclass(frozen=True)
class Stands:
    """A message of the bot that somebody can read."""

    place: str
    ts: str
    thread: str
    key: str
    text: str


class Evidence:
    """What is looked at."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.found = found
        self.log = Log(found["log"])
        self.people: Mapping[str, str] = found["people"]
        self.conversations: Mapping[str, Any] = {each["id"]: each for each in found["conversations"]}
        self.messages = [
            Stands(place["id"], each["ts"], each["thread"] or "", each["key"], each["text"])
            for place in found["conversations"]
            for each in place["messages"]
            if each["by_app"] and not each["gone"] and not each["only_for"]
        ]
        self.by_key: dict[str, list[Stands]] = defaultdict(list)
        for message in self.messages:
            self.by_key[message.key].append(message)
        self.unsure = {word for line in found["unsure"].splitlines() for word in line.split() if "/" in word}

    @cached_property
    def commands(self) -> dict[str, list[Row]]:
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in self.log.rows:
            rows[row.command_id].append(row)
        return rows

    def closed(self, incident: str) -> bool:
        return any(row.type == "IncidentClosed" for row in self.log.incidents[incident])


# --- what people did


def acked_and_lost(ev: Evidence) -> Problems:
    """Who was told that it is done finds it in the log; who was told nothing, it or a reason."""
    heard = {each["address"] for each in ev.found["answers"]}
    for act in ev.found["acts"]:
        for each in act["tries"]:
            if each["outcome"] not in {"done", "acked"} or _is_kept(ev, act, each):
                continue
            if each["outcome"] == "done":
                yield f"{_name(act)}: they were told that it is done: {each['words']}"
            elif not (each["answers"] in heard or _opened_something(act, each) or _died(ev, each["ended"])):
                yield f"{_name(act)}: it was acked, and nothing came of it"


def _name(act: Mapping[str, Any]) -> str:
    return f"act {act['number']} ({act['who']}, {act['what']}, {act['mark']})"


def _is_kept(ev: Evidence, act: Mapping[str, Any], this: Mapping[str, Any]) -> bool:
    if any(ev.commands.get(each) for each in this["ids"]):
        return True
    ids = {name for each in act["tries"] for name in each["ids"]}
    if any(ev.commands.get(name) for name in ids):
        return True  # done at the first try, whose ack was lost
    return any(act["mark"] in row.payload and row.actor == act["user"] for row in ev.log.rows)


def _opened_something(act: Mapping[str, Any], this: Mapping[str, Any]) -> bool:
    """A form came with it, or that was what went wrong: to open a form writes nothing."""
    return act["what"] in {
        "open",
        "write",
        "update",
        "correct",
        "mark",
        "close",
        "Ask for changes",
        "Decline",
    }


def _died(ev: Evidence, at: float) -> bool:
    return any(-1.0 <= death - at <= NEAR_S for death in ev.found["deaths"])


def done_more_often(ev: Evidence) -> Problems:
    """One act is one entry; who typed the same again because of an error has typed it twice."""
    for act in ev.found["acts"]:
        wanted = ONE_ENTRY.get(act["what"])
        rows = [
            row
            for row in ev.log.rows
            if row.type == wanted and act["mark"] in row.payload and row.actor == act["user"]
        ]
        sent = {each["ids"][-1] for each in act["tries"] if each["ids"]}
        if len(rows) > len(sent):
            yield f"{_name(act)}: done {len(sent)} times, it is there {len(rows)} times"


# --- what stands in Slack


def messages_doubled(ev: Evidence) -> Problems:
    """Twice, and neither says that it may be so, nor is whoever runs the bot told."""
    for key, found in ev.by_key.items():
        if key and len(found) > 1 and not _is_reported(ev, key):
            yield f"{key} stands {len(found)} times"


def _is_reported(ev: Evidence, key: str) -> bool:
    said = any(SENT_AGAIN in each.text for each in ev.by_key[key])
    return said or key.partition("#")[0] in ev.unsure


def messages_missing(ev: Evidence) -> Problems:
    for row in ev.log.of_type(*WANTED):
        key = f"{row.incident}/{WANTED[row.type].format(seq=row.seq, **row.said)}"
        if key not in ev.by_key and not _was_superseded(ev, row):
            yield f"{row} is to be read nowhere: {key}"
    for row in ev.log.of_type("ReminderFired"):
        thing = f"reminder:{row.said['key']}"
        if not any(f"{row.incident}/{how}/{thing}" in key for key in ev.by_key for how in ("post", "dm")):
            yield f"{row} is to be read nowhere: {thing}"
    for row in ev.log.of_type("EffectFailed"):
        yield f"{row}: {row.said['task']}: {row.said['problem']}"


def _was_superseded(ev: Evidence, row: Row) -> bool:
    """What was over before it could be said need not be said any more."""
    if row.type == "DraftApproved":
        later = [each for each in ev.log.incidents[row.incident] if each.seq > row.seq]
        same = [each for each in later if each.said.get("draft") == row.said["draft"]]
        return any(each.type in {"ApprovalTakenBack", "DraftWithdrawn", "ChangesAsked"} for each in same)
    return False


def threads_out_of_order(ev: Evidence) -> Problems:
    """In a thread, and in what one person is sent, everything stands in the order in which it came about."""
    for incident, rows in ev.log.incidents.items():
        causes = dict(_causes(incident, rows))
        lanes: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
        for key, seq in causes.items():
            for found in ev.by_key.get(key, [])[:1]:
                lane = (
                    f"{found.place}/{found.thread}" if found.thread else f"{found.place}/{key.split('/')[1]}"
                )
                first = min(float(each.ts) for each in ev.by_key[key])
                lanes[lane].append((first, seq, key))
        for lane, stand in lanes.items():
            order = [seq for _, seq, _ in sorted(stand)]
            if order != sorted(order):
                yield f"{lane} is out of order: {[key for _, _, key in sorted(stand)]}"
        card = ev.by_key.get(f"{incident}/post/card")
        steps = [
            found for key in ev.by_key if key.startswith(f"{incident}/post/step:") for found in ev.by_key[key]
        ]
        if card and any(float(step.ts) < float(card[0].ts) for step in steps):
            yield f"{incident}: a step stands above the card"


def _causes(incident: str, rows: list[Row]) -> Iterator[tuple[str, int]]:
    """Message → the entry that called for it. Reminders and offers come at their own time, so not these."""
    seen: set[str] = set()
    for row in rows:
        if row.type in WANTED and row.type != "StepStarted":
            key = f"{incident}/{WANTED[row.type].format(seq=row.seq, **row.said)}"
            if key not in seen:
                seen.add(key)
                yield key, row.seq


def half_made(ev: Evidence) -> Problems:
    """Each incident has its conversation, with everybody in it, a pinned card, and an answered opener."""
    bot = ev.found["bot"]
    made = {
        key: place
        for key, place in ev.conversations.items()
        if place["creator"] == bot and place["kind"] == "channel"
    }
    for incident, rows in ev.log.incidents.items():
        opened = rows[0].said
        ours = [place for place in made.values() if place["name"] == opened["conversation_name"]]
        for place in ours:
            made.pop(place["id"])
        card = ev.by_key.get(f"{incident}/post/card", [])
        if len(ours) != 1:
            if not (ev.closed(incident) and not ours):
                yield f"{incident} has {len(ours)} conversations"
            continue
        if not card:
            yield f"{incident} has no card"
        elif not any(each.ts in ours[0]["pins"] for each in card):
            yield f"the card of {incident} is not pinned"
        if not set(ev.people) - _observers(ev) <= set(ours[0]["members"]):
            yield f"not everybody was invited to {incident}"
        if not _was_answered(ev, incident, rows[0]):
            yield f"who opened {incident} was not answered"
    yield from (f"nobody knows of the conversation {place['name']}" for place in made.values())


def _observers(ev: Evidence) -> set[str]:
    return {key for key, handle in ev.people.items() if handle == "otto"}


def _was_answered(ev: Evidence, incident: str, opened: Row) -> bool:
    if any(key.startswith(f"{incident}/answer") for key in ev.by_key):
        return True
    addresses = {
        each["answers"]
        for act in ev.found["acts"]
        if act["what"] == "open" and act["user"] == opened.actor
        for each in act["tries"]
        if each["answers"]
    }
    return any(each["arrived"] and each["address"] in addresses for each in ev.found["answers"])


# --- reminders


def reminders_missing(ev: Evidence) -> Problems:
    said, now = fired(ev.log), datetime.fromisoformat(ev.found["now"])
    for each in owed(ev.log):
        if said[each.incident, each.key] or any(
            key == each.key or key.startswith(f"{each.key}/") for of, key in said if of == each.incident
        ):
            continue
        if each.ends is None and each.due < now:
            yield f"{each.incident}: {each.key} was due at {each.due:%H:%M:%S}, it is {now:%H:%M:%S}"
        elif each.ends is not None and _fairly_overdue(ev, each):
            yield f"{each.incident}: {each.key} was due at {each.due:%H:%M:%S}, and ended by {each.ends}"


def _fairly_overdue(ev: Evidence, each: Owed) -> bool:
    """Whether it was due for so long, in true time, that it must have been said before it ended."""
    assert each.ends is not None
    tried = [
        found["ended"]
        for act in ev.found["acts"]
        for found in act["tries"]
        if each.ends.command_id in found["ids"]
    ]
    if not tried:
        return False
    behind = float(FAIR_S * ev.found["speed"])
    stepped: float = sum(
        seconds
        for at, seconds in ev.found["steps"]
        if min(tried) - FAIR_S <= at <= min(tried) and seconds > 0
    )
    return (each.ends.moment - each.due).total_seconds() > behind + stepped


CHECKS: Mapping[str, tuple[Callable[[Evidence], Problems], ...]] = {
    "acked and lost": (acked_and_lost,),
    "reminders missing": (reminders_missing,),
    "reminders doubled": (lambda ev: reminders_doubled(ev.log),),
    "messages missing": (messages_missing,),
    "messages doubled and not reported as unsure": (messages_doubled,),
    "threads out of order": (threads_out_of_order,),
    "half-made incidents": (half_made,),
    "done or decided twice": (lambda ev: decisions_are_made_once(ev.log), done_more_often),
    "entries that do not follow": (lambda ev: chain_is_whole(ev.log),),
    "due and never done": (lambda ev: iter(ev.found["unrest"]),),
    "bots that did not stop in order": (lambda ev: iter(not_in_order(ev)),),
    "errors nobody foresaw": (lambda ev: iter(unforeseen(ev)),),
}


def not_in_order(ev: Evidence) -> list[str]:
    """At the end all were asked to stop, with nothing left to do."""
    return [
        f"bot {number}: exit code {code}" for number, code in enumerate(ev.found["ended"], 1) if code != 0
    ]


def unforeseen(ev: Evidence) -> list[str]:
    """What a bot said of itself; that its line to Slack is cut is what we did."""
    ours = re.compile(
        r"The line to Slack is broken|Failed to run a request listener: Failed to send a message"
    )
    told = [line for line in ev.found["unforeseen"] if not ours.search(line)]
    return [*told, *(f"the driver: {each}" for each in ev.found["stumbles"])]


def counted(found: Mapping[str, Any]) -> dict[str, list[str]]:
    """Everything that must not be, by its name."""
    ev = Evidence(found)
    return {name: [each for check in checks for each in check(ev)] for name, checks in CHECKS.items()}


def table(found: Mapping[str, Any], counts: Mapping[str, list[str]]) -> str:
    """The counts beside the misfortunes."""
    ev = Evidence(found)
    done: Counter[str] = Counter(each["outcome"] for act in found["acts"] for each in act["tries"])
    doubled = [key for key, each in ev.by_key.items() if key and len(each) > 1]
    reported = sum(_is_reported(ev, key) for key in doubled)
    fine = done["done"] + done["acked"] + done["next"]
    reminders = sum(fired(ev.log).values())
    mutant = f", mutant {found['mutant']}" if found["mutant"] else ""
    head = (
        f"{found['database']}, seed {found['seed']}, {found['seconds']:g} s{mutant}",
        f"log: {len(ev.log.incidents)} incidents, {len(ev.log.rows)} entries, {reminders} reminders said",
        f"Slack: {len(ev.messages)} messages; {found['calls']} calls, {found['spoiled']} of them spoiled",
        f"envelopes: {found['envelopes']}, {found['delivered_again']} of them delivered more than once",
        f"people: {fine} times done, {done['told']} told why not, {done['unanswered']} met an error",
        f"messages that stand twice: {len(doubled)}, said to be so: {reported}",
    )
    left = [f"{name:<44}{len(problems):>4}" for name, problems in counts.items()]
    right = [f"{times:>3} × {name}" for name, times in sorted(found["misfortunes"].items())]
    rows = [
        f"{left[row] if row < len(left) else '':<50}{right[row] if row < len(right) else ''}".rstrip()
        for row in range(max(len(left), len(right)))
    ]
    title = f"{'must be 0':<50}what befell the bots"
    return "\n".join([*head, "", title, *rows])


def main() -> int:
    found = json.loads(Path(sys.argv[1]).read_text())
    counts = counted(found)
    lines = [table(found, counts), *(f"{name}: {each}" for name, found_ in counts.items() for each in found_)]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(any(counts.values()))


if __name__ == "__main__":
    sys.exit(main())

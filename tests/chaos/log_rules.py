"""What the log alone must show, re-computed from its rows: the chain, each decision once, each reminder once.

Shares nothing with the bot but the names of entries and the documented form of a link.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

FORMAT = 1
LINKED = ("prev", "incident", "seq", "at", "actor", "command_id", "ordinal", "type", "payload_sha256")
COLUMNS = (
    *("incident", "seq", "at", "actor", "command_id", "ordinal"),
    *("type", "payload", "payload_sha256", "prev", "hash"),
)
ONCE_EACH = {
    "HandoverAccepted": "handover",
    "QuestionAnswered": "question",
    "PromiseWithdrawn": "promise",
    "SecondReviewGiven": "",
    "IncidentOpened": "",
    "IncidentClosed": "",
}
"""What can be done once only: of each incident, or of each thing of it that this part of the entry names."""
ENDS = ("ChangesAsked", "DraftDeclined")
Problems = Iterator[str]


@dataclass(frozen=True)
class Row:
    """One entry, with its payload read."""

    incident: str
    seq: int
    at: str
    actor: str
    command_id: str
    ordinal: int
    type: str
    payload: str
    payload_sha256: str
    prev: str
    hash: str

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.payload)
        return found

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)

    def __str__(self) -> str:
        return f"{self.incident} entry {self.seq} {self.type}"


class Log:
    """All rows, by incident. `office` is one of them."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        self.rows = [Row(*row) for row in rows]
        self.by: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(self.rows, key=lambda each: each.seq):
            self.by[row.incident].append(row)
        self.incidents = {key: rows for key, rows in self.by.items() if key != "office"}

    def of_type(self, *types: str) -> Iterator[Row]:
        for rows in self.incidents.values():
            yield from (row for row in rows if row.type in types)


def chain_is_whole(log: Log) -> Problems:
    seen: Counter[tuple[str, int]] = Counter((row.command_id, row.ordinal) for row in log.rows)
    yield from (f"the command {key} wrote an entry twice" for key, times in seen.items() if times > 1)
    for rows in log.by.values():
        prev = ""
        for number, row in enumerate(rows, 1):
            link = json.dumps(
                [FORMAT, *(getattr(row, name) for name in LINKED)], separators=(",", ":"), ensure_ascii=False
            )
            if row.seq != number or row.prev != prev:
                yield f"{row} does not follow the one before"
            if hashlib.sha256(row.payload.encode()).hexdigest() != row.payload_sha256:
                yield f"{row} was changed"
            if hashlib.sha256(link.encode()).hexdigest() != row.hash:
                yield f"the hash of {row} is not that of its content"
            prev = row.hash
    known = {
        row.said["incident"]: row.said["first_hash"]
        for row in log.by["office"]
        if row.type == "IncidentRegistered"
    }
    for key, rows in log.incidents.items():
        if known.pop(key, None) != rows[0].hash:
            yield f"{key} is not in the registry, or begins otherwise"
    yield from (f"{key} is in the registry and nowhere else" for key in known)


def decisions_are_made_once(log: Log) -> Problems:
    for key, rows in log.incidents.items():
        yield from _once_each(key, rows)
        yield from _approvals(key, rows)
        yield from _marks(key, rows)


def _once_each(key: str, rows: Sequence[Row]) -> Problems:
    done: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row.type in ONCE_EACH and row.type != "SecondReviewGiven":
            name = ONCE_EACH[row.type]
            done[row.type, str(row.said[name]) if name else ""] += 1
    yield from (f"{key}: {what} was done {times} times" for what, times in done.items() if times > 1)


def _approvals(key: str, rows: Sequence[Row]) -> Problems:
    standing: set[tuple[Any, ...]] = set()
    approved: set[tuple[Any, ...]] = set()
    ended: set[tuple[Any, ...]] = set()
    for row in rows:
        said = row.said
        revision = (said.get("draft"), said.get("revision"))
        if row.type == "ApprovalGiven":
            if (*revision, row.actor) in standing:
                yield f"{row}: {row.actor} approved {revision} already"
            if revision in ended:
                yield f"{row}: {revision} had been sent back"
            standing.add((*revision, row.actor))
        elif row.type == "DraftApproved":
            if revision in approved:
                yield f"{row}: {revision} was approved already"
            approved.add(revision)
        elif row.type in ENDS:
            if revision in ended:
                yield f"{row}: {revision} had been sent back already"
            ended.add(revision)
        elif row.type == "ApprovalTakenBack":
            standing.discard((*revision, said["person"]))
            approved.discard(revision)


def _marks(key: str, rows: Sequence[Row]) -> Problems:
    out: set[tuple[Any, ...]] = set()
    submitted: set[tuple[Any, ...]] = set()
    for row in rows:
        said = row.said
        if row.type == "MarkedPublished":
            for receipt in said["receipts"]:
                place = (said["draft"], said["revision"], receipt["channel"])
                if place in out:
                    yield f"{row}: {place} was marked already"
                out.add(place)
        elif row.type == "ReceiptCorrected":
            out.discard((said["draft"], said["revision"], said["channel"]))
        elif row.type == "RevisionSubmitted":
            revision = (said["draft"], said["revision"])
            if revision in submitted:
                yield f"{row}: {revision} was submitted already"
            submitted.add(revision)


# --- reminders


@dataclass(frozen=True)
class Owed:
    """Something that has to be said once its time has come, and the reminder's key says that it was."""

    incident: str
    key: str
    due: datetime
    begins: int
    ends: Row | None


def fired(log: Log) -> Counter[tuple[str, str]]:
    return Counter((row.incident, row.said["key"]) for row in log.of_type("ReminderFired"))


def reminders_doubled(log: Log) -> Problems:
    for (incident, key), times in fired(log).items():
        if times > 1:
            yield f"{incident}: {key} was said {times} times"


def owed(log: Log) -> Iterator[Owed]:
    """Promises to the public (T+0 and T+10 when nobody kept them), and what people want to be told."""
    for incident, rows in log.incidents.items():
        closing = next((row for row in rows if row.type == "IncidentClosed"), None)
        newest: dict[str, str] = {}
        for row in rows:
            if row.type == "PromiseMade":
                newest[row.said["due"]["utc"]] = row.said[
                    "promise"
                ]  # one update keeps all of the same minute
        for row in rows:
            said = row.said
            if row.type == "PromiseMade" and newest[said["due"]["utc"]] == said["promise"]:
                promise = said["promise"]
                ends = next((each for each in rows if _ends(each, promise)), closing)
                due = datetime.fromisoformat(said["due"]["utc"])
                if row.moment < due + timedelta(minutes=10):  # else T+10 says it all, at once
                    yield Owed(incident, f"promise/{promise}/T+0", due, row.seq, ends)
                yield Owed(incident, f"promise/{promise}/T+10", due + timedelta(minutes=10), row.seq, ends)
            elif row.type == "ReminderSet":
                due = datetime.fromisoformat(said["due"]["utc"])
                yield Owed(incident, f"personal/{said['reminder']}", due, row.seq, closing)


def _ends(row: Row, promise: str) -> bool:
    return row.type in {"PromiseAnswered", "PromiseWithdrawn"} and row.said["promise"] == promise

"""What must hold when everything has come to rest, checked on the log and on what stands in the workspace."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from sqlalchemy import Connection, select

from ecomms_bot.incident import effects as kinds
from ecomms_bot.incident import things
from ecomms_bot.incident.effects import wanted
from ecomms_bot.incident.entry import OFFICE, Entry
from ecomms_bot.incident.evolve import evolve
from ecomms_bot.incident.faces import faces
from ecomms_bot.incident.projection import incident_row, release_rows
from ecomms_bot.incident.reminders import Reminder, owed
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.practice.workspace.state import StoredMessage
from ecomms_bot.service.records import recorded
from ecomms_bot.slack.names import EVENT_TYPE
from ecomms_bot.store import log, projections, tasks
from ecomms_bot.store.tables import events
from ecomms_bot.store.tasks import TaskRow
from ecomms_bot.store.verify import verify
from tests.simulation.replica import Shown
from tests.simulation.world import World

LATE_ENOUGH = timedelta(minutes=1)
"""What came due longer ago than this has been said."""
Problems = Iterator[str]


class Evidence:
    """Everything that the checks look at."""

    def __init__(self, world: World, conn: Connection) -> None:
        self.world, self.conn = world, conn
        ids = conn.execute(select(events.c.incident).distinct().order_by(events.c.incident)).scalars()
        self.incidents = [each for each in ids if each != "office"]
        self.entries: dict[str, list[Entry]] = {each: list(log.read(conn, each)) for each in self.incidents}
        self.events: dict[str, tuple[Recorded, ...]] = {
            each: recorded(entries) for each, entries in self.entries.items()
        }
        self.history = {each: _history(each, self.events[each]) for each in self.incidents}
        self.states: dict[str, Incident] = {each: self.history[each][-1] for each in self.incidents}
        rows: list[TaskRow] = vars(tasks)["_rows"](conn)
        self.tasks = {row.key: row for row in sorted(rows, key=lambda row: row.n)}
        self.messages: list[StoredMessage] = [
            message
            for conversation in world.workspace.channels.values()
            for message in conversation.messages
            if message.by_app and not message.tombstone
        ]
        self.by_key: dict[str, list[StoredMessage]] = defaultdict(list)
        for message in self.messages:
            if message.metadata and message.metadata["event_type"] == EVENT_TYPE:
                self.by_key[message.metadata["event_payload"]["key"]].append(message)


def _history(incident: str, entries: Sequence[Recorded]) -> list[Incident]:
    """The state before all entries, and after each of them."""
    return list(accumulate(entries, evolve, initial=Incident(incident)))


def broken(world: World) -> list[str]:
    """Every promise that does not hold, in words; none if all do."""
    with world.db.read() as conn:
        evidence = Evidence(world, conn)
        return [
            *(f"nobody foresaw: {each}" for each in world.surprises),
            *acked_is_kept(evidence),
            *the_log_is_whole(evidence),
            *everything_was_done(evidence),
            *nothing_stands_twice(evidence),
            *no_incident_is_half_made(evidence),
            *threads_are_in_order(evidence),
            *reminders_come_once(evidence),
            *only_what_was_approved_went_out(evidence),
            *what_stands_shows_how_it_is(evidence),
        ]


def acked_is_kept(ev: Evidence) -> Problems:
    streams = {**ev.entries, OFFICE: log.read(ev.conn, OFFICE)}
    of_command = Counter((name, entry.command_id) for name, entries in streams.items() for entry in entries)
    for each in ev.world.acked:
        found = of_command[each.incident, each.command_id]
        if found != each.entries:
            yield f"{each.command_id} was acked with {each.entries} entries, the log has {found}"


def the_log_is_whole(ev: Evidence) -> Problems:
    heads = {each: log.head(ev.conn, each) for each in ev.incidents}
    yield from (str(each) for each in verify(ev.conn, heads).problems)
    live = projections.dump(ev.conn)
    rows = [incident_row(ev.states[each]) for each in ev.incidents]
    if live["incidents"] != rows:
        yield "the list of incidents is not what the log says"
    if set(live["releases"]) != {row for each in ev.incidents for row in release_rows(ev.states[each])}:
        yield "the list of releases is not what the log says"


def everything_was_done(ev: Evidence) -> Problems:
    """Nothing is due or leased, and each reminder that is owed later waits in its task, at its time."""
    now = ev.world.clock.now()
    for row in ev.tasks.values():
        yield from _undone(row, now)
    for state in ev.states.values():
        passed = {key for key, each in owed(state).items() if _is_moot(each, now)}
        for key, task in wanted(state, now).items():
            if task.ids.get("reminder") in passed:
                continue
            found = ev.tasks.get(key)
            if found is None:
                yield f"{key} is wanted and not there"
            elif found.state == "cancelled":
                yield f"{key} is wanted and was cancelled"
            elif task.kind == kinds.REMINDER and (found.state, found.due_at) != ("pending", task.due_at):
                yield f"{key} is owed at {task.due_at}, its task is {found.state} for {found.due_at}"


def _undone(row: TaskRow, now: datetime) -> Problems:
    """Only a reminder may wait for its time; all else was to be done at once, whatever the clock said."""
    waits = row.kind == kinds.REMINDER and row.due_at > now
    if row.state == "leased" or (row.state == "pending" and not waits):
        yield f"{row.key} is {row.state}, was due at {row.due_at:%H:%M:%S}: {row.outcome}"
    elif row.state == "failed":
        yield f"{row.key} failed: {row.outcome}"


def _is_moot(reminder: Reminder, now: datetime) -> bool:
    """Whether what comes after it has come, or comes with it: then it is not said any more."""
    return reminder.superseded_at is not None and reminder.superseded_at <= max(now, reminder.due)


def nothing_stands_twice(ev: Evidence) -> Problems:
    for key, messages in ev.by_key.items():
        task = ev.tasks.get(key.partition("#")[0])
        if task is None:
            yield f"there is a message with the key {key}, of no task"
        elif len(messages) - ev.world.untold[task.key] > 1 and not task.unsure:
            yield f"{key} stands {len(messages)} times and nobody says so"
    for row in ev.tasks.values():
        told = row.kind in {kinds.POST, kinds.DM} and row.state == "done" and ":" in (row.outcome or "")
        if told and row.key not in ev.by_key:
            yield f"{row.key} is done and does not stand anywhere"
    places = {(message.conversation, message.ts) for message in ev.messages}
    for state in ev.states.values():
        for thing, ref in state.posted.items():
            if ref.ts and (ref.conversation, ref.ts) not in places:
                yield f"{state.id} {thing} is said to stand where nothing stands"


def no_incident_is_half_made(ev: Evidence) -> Problems:
    made = {
        place.id: place
        for place in ev.world.workspace.channels.values()
        if place.kind == "channel" and place.creator == ev.world.workspace.bot.id
    }
    for state in ev.states.values():
        if state.conversation is None and not state.open:
            continue  # it was closed before Slack could make one
        place = made.pop(state.conversation or "", None)
        card = state.posted.get(things.CARD)
        if place is None:
            yield f"{state.id} has no conversation"
        elif card is None:
            yield f"{state.id} has no card"
        elif card.ts not in place.pins:
            yield f"the card of {state.id} is not pinned"
        elif not set(ev.world.who.values()) <= set(place.members):
            yield f"not everybody was invited to {state.id}"
        rows = [row for row in ev.tasks.values() if row.incident == state.id and row.kind == kinds.ANSWER]
        if [row.state for row in rows] != ["done"]:
            yield f"who opened {state.id} was not answered"
    yield from (f"nobody knows of the conversation {each.name}" for each in made.values())


def threads_are_in_order(ev: Evidence) -> Problems:
    """In each lane, what was to come first stands first; what was sent again counts from its first time."""
    lanes: dict[tuple[str, str], list[TaskRow]] = defaultdict(list)
    for row in ev.tasks.values():  # in the order in which they were called for, whatever the clock said
        stands = row.kind in {kinds.POST, kinds.DM} and row.state == "done" and row.key in ev.by_key
        ahead = row.due_at < row.created_at
        if stands and not ahead and row.lane != row.key:  # else it left its line, so that nobody waits for it
            lanes[row.lane, row.kind].append(row)
    for (lane, _), rows in lanes.items():
        stamps = [min(float(message.ts) for message in ev.by_key[row.key]) for row in rows]
        if stamps != sorted(stamps):
            yield f"what stands in {lane} is out of order: {[row.key for row in rows]}"


def reminders_come_once(ev: Evidence) -> Problems:
    now = ev.world.clock.now()
    for incident in ev.incidents:
        said = Counter(
            entry.payload["key"]
            for entry in ev.entries[incident]
            if entry.type == "ReminderFired" and entry.payload
        )
        yield from (f"{incident}: {key} was said {times} times" for key, times in said.items() if times > 1)
        for key, reminder in owed(ev.states[incident]).items():
            if reminder.due < now - LATE_ENOUGH and not _is_moot(reminder, now):
                yield f"{incident}: {key} was due at {reminder.due:%H:%M:%S}, it is {now:%H:%M:%S}"


def only_what_was_approved_went_out(ev: Evidence) -> Problems:
    for incident, recorded_events in ev.events.items():
        for number, each in enumerate(recorded_events):
            if each.type == "MarkedPublished" and each.event is not None:
                draft = ev.history[incident][number].drafts[vars(each.event)["draft"]]
                revision = draft.revision(vars(each.event)["revision"])
                if revision is None or revision.approved_at is None:
                    yield f"{incident} entry {each.seq}: published without an approval"
        approvals = Counter(
            (vars(each.event)["draft"], vars(each.event)["revision"], each.actor)
            for each in recorded_events
            if each.type == "ApprovalGiven" and each.event is not None
        )
        taken = any(each.type == "ApprovalTakenBack" for each in recorded_events)
        yield from (
            f"{what} was decided twice" for what, times in approvals.items() if times > 1 and not taken
        )


def what_stands_shows_how_it_is(ev: Evidence) -> Problems:
    for state in ev.states.values():
        has = faces(state)
        for thing, ref in state.posted.items():
            shown = ev.world.shown.get((ref.conversation, ref.ts))
            if not ref.ts or shown is None or thing not in has:
                continue
            then = _when_shown(ev.history[state.id], shown)
            if faces(then).get(thing) != has[thing]:
                yield f"{state.id} {thing} shows how it was at entry {shown.seq} of {state.seq}"


def _when_shown(history: Sequence[Incident], shown: Shown) -> Incident:
    """The state that was shown. Some things have a look only once they stand, which changes nothing else."""
    then = history[shown.seq]
    for after in history[shown.seq + 1 :]:
        if shown.thing in then.posted or after.changed_seq != then.changed_seq:
            break
        then = after
    return then

"""A timeline on a terminal: one entry a line, so that it can be searched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from ecomms_bot.cli.common import shown
from ecomms_bot.incident.entry import OFFICE, Entry
from ecomms_bot.incident.events import EVENTS
from ecomms_bot.incident.timeline import lines
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.times import zone_word
from ecomms_bot.service.office import understanding
from ecomms_bot.service.records import Records
from ecomms_bot.store import log
from ecomms_bot.store.engine import Database


def write_incident(db: Database, incident: str, *, everything: bool) -> None:
    """Print the entries of an incident in its own zone, and the full head."""
    with understanding(incident):
        state, entries = Records(db).history(incident)
    zone = ZoneInfo(state.zone)
    mode = "EXERCISE" if state.exercise else "LIVE"
    status = "open" if state.open else "closed"
    click.echo(shown(f"{state.name} · {mode} · {status} · {incident}"))
    click.echo(f"Times in {state.zone}. People are shown by their Slack ids.")
    for each in lines(state, entries, all=everything):
        _write(each.seq, each.at.astimezone(zone), each.actor, str(each.sentence))
    hidden = 0 if everything else sum(EVENTS[each.type].plumbing for each in entries)
    more = f", {hidden} of them hidden (--all shows them)" if hidden else ""
    click.echo(f"{len(entries)} entries{more}. Head {state.seq}:{state.hash}")


def write_office(db: Database) -> None:
    """Print what belongs to no incident, in UTC."""
    with db.read() as conn:
        entries = log.read(conn, OFFICE)
        seq, head = log.head(conn, OFFICE)
    click.echo("Office: what belongs to no incident")
    click.echo("Times in UTC")
    for each in entries:
        _write(each.seq, each.at.astimezone(UTC), each.actor, _office_words(each))
    click.echo(f"{len(entries)} entries. Head {seq}:{head}")


def _write(seq: int, at: datetime, actor: str, words: str) -> None:
    """Further lines of a text are moved in, so that nobody takes them for an entry."""
    told = shown(words).replace("\n", "\n" + " " * 8)
    click.echo(f"{seq:>5}  {at:%a %d %b %Y %H:%M:%S %Z}  {shown(actor)}  {told}")


def _duty(said: Mapping[str, Any]) -> str:
    """As in "U1 off duty until 2021-11-15 06:00 PST, says U2: on leave"."""
    words = f"{said['person']} on duty"
    if not said["on"]:
        until = None if said["until"] is None else Instant.model_validate(said["until"])
        when = (
            "until further notice"
            if until is None
            else f"until {until.local:%Y-%m-%d %H:%M} {zone_word(until)}"
        )
        words = f"{said['person']} off duty {when}"
    by = f", says {said['by']}" if said["by"] != said["person"] else ""
    return f"{words}{by}: {said['note']}" if said["note"] else f"{words}{by}"


_OFFICE: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "IncidentRegistered": lambda said: f"Incident {said['incident']} registered",
    "IncidentSealed": lambda said: f"Incident {said['incident']} closed at {said['seq']}:{said['head']}",
    "PlaybookLoaded": lambda said: f"Playbook {said['playbook']} loaded, {said['sha256']}",
    "ConfigurationLoaded": lambda said: f"Configuration loaded, {said['sha256']}",
    "DutyChanged": _duty,
    "EffectRetried": lambda said: f"{said['effect']} tried again, asked by {said['by']}",
    "EffectSettled": lambda said: f"{said['effect']} settled by {said['by']}: {said['note']}",
    "Exported": lambda said: f"{said['entries']} entries of {said['incident']} exported by {said['by']}",
    "PayloadRedacted": lambda said: (
        f"Entry {said['seq']} of {said['incident']} redacted by {said['by']}: {said['reason']}"
    ),
}


def _office_words(entry: Entry) -> str:
    words = _OFFICE.get(entry.type)
    return entry.type if words is None or entry.payload is None else words(entry.payload)

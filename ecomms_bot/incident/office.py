"""Entries of the stream `office`: the registry of incidents and what belongs to none. No rule reads them."""

from __future__ import annotations

from typing import Any

from ecomms_bot.incident.entry import NewEntry
from ecomms_bot.playbook.instant import Instant


def incident_registered(incident: str, first_hash: Any) -> NewEntry:
    """An incident exists; `first_hash` is the hash of its first entry."""
    return NewEntry("IncidentRegistered", {"incident": incident, "first_hash": first_hash})


def incident_sealed(incident: str, seq: Any, head: Any) -> NewEntry:
    """An incident was closed at entry `seq` with this hash."""
    return NewEntry("IncidentSealed", {"incident": incident, "seq": seq, "head": head})


def playbook_loaded(playbook: str, sha256: str) -> NewEntry:
    return NewEntry("PlaybookLoaded", {"playbook": playbook, "sha256": sha256})


def configuration_loaded(sha256: str) -> NewEntry:
    return NewEntry("ConfigurationLoaded", {"sha256": sha256})


def exported(incident: str, by: str, entries: int) -> NewEntry:
    return NewEntry("Exported", {"incident": incident, "by": by, "entries": entries})


def duty_changed(person: str, by: str, *, on: bool, until: Instant | None, note: str) -> NewEntry:
    """`person` is on duty again, or off duty until a time (None: until they are on again); `by` says so."""
    off_until = None if until is None else until.model_dump(mode="json")
    return NewEntry("DutyChanged", {"person": person, "by": by, "on": on, "until": off_until, "note": note})


def effect_retried(incident: str, effect: str, by: str) -> NewEntry:
    """Somebody had the bot try something in Slack again."""
    return NewEntry("EffectRetried", {"incident": incident, "effect": effect, "by": by})


def effect_settled(incident: str, effect: str, by: str, note: str) -> NewEntry:
    """Somebody saw to what was not done in Slack, or perhaps twice; `note` says how."""
    return NewEntry("EffectSettled", {"incident": incident, "effect": effect, "by": by, "note": note})

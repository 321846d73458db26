"""Entries of the stream `office`: the registry of incidents and what belongs to none. No rule reads them."""

from __future__ import annotations

from typing import Any

from ecomms_bot.incident.entry import NewEntry


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

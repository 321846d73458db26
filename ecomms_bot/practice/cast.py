"""Who is in the practice workspace: one person for each role, and the office that they work for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecomms_bot.practice.workspace import Person, Workspace

ZONE = "America/Vancouver"
DESK = "ops-desk"
LEADERS = "leaders"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody to be. `role` as ecomms.yaml names it, `does` in the words of the page."""

    handle: str
    name: str
    role: str
    does: str
    zone: str = ZONE


CAST = (
    Actor("maya", "Maya Chen", "communicator", "Communicator: writes and publishes"),
    Actor("daniel", "Daniel Roy", "sme", "Subject expert: confirms facts"),
    Actor("priya", "Priya Nair", "pio", "Public information officer: approves texts"),
    Actor("tom", "Tom Becker", "ic", "Incident commander: approves what changes what people do"),
    Actor(
        "ruth",
        "Ruth Alexander",
        "exec",
        "Executive: reads, and approves what is sensitive",
        "America/Toronto",
    ),
    Actor("sam", "Sam Whitford", "observer", "Observer: looks on", "America/Edmonton"),
    Actor("grace", "Grace Okafor", "records", "Records: keeps the log"),
)
WRITER, APPROVER = CAST[0], CAST[2]
"""Who the first steps are written for."""


def settle_in(workspace: Workspace) -> Mapping[str, Person]:
    """Let everybody move in. Returns the people by handle."""
    for each in CAST:
        workspace.add_user(each.handle, name=each.name, tz=each.zone)
    people = {each.handle: workspace.person(each.handle) for each in CAST}
    workspace.add_conversation(DESK, [each.handle for each in CAST], topic="Where the day begins")
    readers = [people[each.handle].id for each in CAST if each.role == "exec"]
    workspace.make_conversation(LEADERS, "channel", [*readers, workspace.bot.id])
    return people


def office_file(workspace: Workspace) -> dict[str, Any]:
    """What ecomms.yaml would say of them."""
    return {
        "organisation": "Fraser Region Roads and Rivers",
        "info_url": "https://www.example.org/roads",
        "time_zone": ZONE,
        "roles": {each.role: [workspace.user(each.handle).id] for each in CAST},
        "leaders": workspace.conversation(LEADERS).id,
    }

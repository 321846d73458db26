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
    """Somebody to be. `role` as ecomms.yaml names it, `title` as people say it."""

    handle: str
    name: str
    role: str
    title: str
    zone: str = ZONE


CAST = (
    Actor("maya", "Maya Chen", "communicator", "Communicator"),
    Actor("daniel", "Daniel Roy", "sme", "Subject expert"),
    Actor("priya", "Priya Nair", "pio", "Information officer"),
    Actor("tom", "Tom Becker", "ic", "Incident commander"),
    Actor("ruth", "Ruth Alexander", "exec", "Executive, Toronto", "America/Toronto"),
    Actor("sam", "Sam Whitford", "observer", "Observer, Edmonton", "America/Edmonton"),
    Actor("grace", "Grace Okafor", "records", "Records officer"),
)
GREETER = "tom"
GREETING = (
    "Hello. This is our practice workspace: nothing here leaves this machine, and everything is an exercise. "
    "Should something happen, Maya starts it here with `/ecomms start`."
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
    workspace.make_conversation(LEADERS, "private", [*readers, workspace.bot.id])
    people[GREETER].say(DESK, GREETING)
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

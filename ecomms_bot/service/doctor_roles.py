"""Texts that nobody could approve in the night, and notices that would go to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from ecomms_bot.incident.policy import IC, PIO, Roster, role_title, unfillable
from ecomms_bot.playbook.library import Library
from ecomms_bot.service.findings import Finding, SlackLook
from ecomms_bot.settings import Settings

ADVICE = "Name more people under roles in ecomms.yaml."


def look_at_roles(library: Library, looked: SlackLook, settings: Settings) -> Iterator[Finding]:
    """Roles as they are filled now. Who was not told of by Slack is no reason to call anything wrong."""
    if not settings.office.roles:
        yield Finding(
            "look", "roles", "None are set: any one person approves for all. Name people in ecomms.yaml."
        )
        return
    yield from _without_holders(library, looked)
    if not library.playbooks:
        yield Finding("look", "roles", "They are set. Without a playbook there is nothing to approve yet.")
        return
    if looked.unknown:
        names = ", ".join(looked.unknown)
        yield Finding(
            "look",
            "roles",
            f"Who belongs to {names} only Slack knows, so it is not certain that every text can be approved.",
        )
        return
    lacking = [
        f"{loaded.playbook.title}: nobody is left to approve tier {tier_id} as {', '.join(missing)}."
        for loaded in library.playbooks.values()
        for tier_id, tier in loaded.playbook.tiers.items()
        if (missing := unfillable(tier.roles, looked.roster))
    ]
    for line in lacking:
        yield Finding("wrong", "roles", f"{line} {ADVICE}")
    if not lacking:
        yield Finding("ok", "roles", "Every tier of every playbook can be approved.")


def _without_holders(library: Library, looked: SlackLook) -> Iterator[Finding]:
    """Who is asked and reminded in the place of nobody."""
    tiers = [tier for loaded in library.playbooks.values() for tier in loaded.playbook.tiers.values()]
    needed = dict.fromkeys([PIO, IC, *(role for tier in tiers for role in tier.roles)])
    for role in needed:
        if looked.roster.of(role) or role in looked.unknown:
            continue
        yield Finding(
            "look",
            "roles",
            f"Nobody can act as {role_title(role)}. Requests and reminders for this role go to"
            f" {_instead(looked.roster, looked.unknown)}. {ADVICE}",
        )


def _instead(roster: Roster, unknown: tuple[str, ...]) -> str:
    """The next of pio, ic and opener (`Roster.reach`), in words."""
    for role in (PIO, IC):
        if roster.of(role):
            return f"{role_title(role)}, who is asked to find someone"
        if role in unknown:
            return f"{role_title(role)}, if Slack knows one"
    return "whoever opened the incident"

"""Drills: their list, the form that begins one, and adding what comes to the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecomms_bot.incident.drilling import part_of
from ecomms_bot.incident.policy import Act, require
from ecomms_bot.incident.rules.common import require_open
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Rejected, reject
from ecomms_bot.slack import names, noting, opening
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.listeners import Click, OtherVersion, Submission
from ecomms_bot.slack.quoting import quoted_of

Body = dict[str, Any]


def start_drill(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """The form of the drill whose button was pressed."""
    require(desk.person(body), Act.OPEN, Incident(""))
    drill = desk.drills().get(value[0])
    if drill is None:
        raise no_drill(value[0], desk)
    opening.start_drill(desk, body, drill)


def no_drill(name: str, desk: Desk) -> Rejected:
    """Nobody can take part in a drill of this name."""
    known = ", ".join(desk.drills())
    if not known:
        return reject(
            "no-drill",
            "There is no drill yet. Ask whoever runs the bot to add one to the folder “drills” of the "
            "playbooks.",
        )
    return reject(
        "no-drill",
        "There is no drill “{name}”. Those there are: {known}. Type {how} to see them.",
        name=name[:50],
        known=known,
        how=f"{names.COMMAND} drill",
    )


def log_inject(desk: Desk, body: Body, value: tuple[str, ...]) -> None:
    """The form that adds to the log what was said in an inject: it answers that one."""
    incident, name = value
    state = desk.state(body, incident)
    require_open(state)
    require(desk.person(body), Act.NOTE, state)
    part = part_of(state)
    found = part.inject(name) if part else None
    if found is None:
        raise OtherVersion
    noting.open_log_form_of(desk, body, state.id, quoted_of(body), f"{found.who}: {found.says}")


CLICKS: Mapping[str, tuple[Click, int]] = {
    names.START_DRILL: (start_drill, 1),
    names.LOG_INJECT: (log_inject, 2),
}
SUBMISSIONS: Mapping[str, Submission] = {}

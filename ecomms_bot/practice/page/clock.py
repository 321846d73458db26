"""The practice clock on the page: what time it is, how fast it runs, and the buttons that push it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from markupsafe import Markup

from ecomms_bot.practice.moving import SPEEDS
from ecomms_bot.practice.page.pieces import Refused, city, clock_time, local, piece
from ecomms_bot.practice.training import Training
from ecomms_bot.practice.workspace import Person

PUSHES = (5, 15, 60)
"""Minutes."""


def draw(made: Training, person: Person) -> Markup:
    now, target = local(made.mover.now, person), made.mover.target
    return piece(
        "clock",
        now=now,
        time=clock_time(now),
        day=f"{now:%A} {now.day} {now:%B}",
        zone=f"{city(person.user.tz)}, {now:%Z}",
        target=clock_time(local(target, person)) if target else "",
        speed=made.mover.speed,
        pushes=PUSHES,
        speeds=[(speed, _pace(speed), _long(speed)) for speed in SPEEDS],
    )


def act(made: Training, form: Mapping[str, str]) -> None:
    """`minutes`: push by so many. `speed`: run so fast. Raises Refused."""
    if "minutes" in form:
        if (minutes := _number(form["minutes"])) not in PUSHES:
            raise Refused(f"The clock can be pushed by {', '.join(map(str, PUSHES))} minutes.")
        made.mover.push(timedelta(minutes=minutes))
    elif (speed := _number(form.get("speed", ""))) in SPEEDS:
        made.mover.run(speed)
    else:
        raise Refused("The clock was not changed: nothing was asked of it.")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0


def _pace(speed: float) -> str:
    return f"{speed:g}×" if speed else "Pause"


def _long(speed: float) -> str:
    """For who hears the button in place of seeing it."""
    return {0.0: "Stop the clock", 1.0: "Run at the true pace"}.get(speed, f"Run {speed:g} times as fast")

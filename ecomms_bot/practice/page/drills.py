"""Drills on the page: what can be started, what runs, and the way to each debrief."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from ecomms_bot.playbook.drill_files import Drills, load_drills
from ecomms_bot.playbook.drills import Drill
from ecomms_bot.playbook.library import Library, shipped_folder
from ecomms_bot.practice.cast import DESK
from ecomms_bot.practice.page.incidents import Incidents
from ecomms_bot.practice.page.pieces import Refused, piece
from ecomms_bot.practice.training import Training
from ecomms_bot.practice.workspace import NotOnScreen, Person

COMMAND = "/ecomms"


def offered(made: Training) -> Drills:
    """The drills that the bot offers too: those of the folder of playbooks, and those that ship."""
    library = Library.from_folder(made.playbooks or shipped_folder())
    return load_drills(made.playbooks, library.playbooks)


class DrillList:
    def __init__(self, made: Training, incidents: Incidents) -> None:
        self._made, self._incidents = made, incidents
        found = offered(made)
        self._offered, self._problems = found.drills, [str(each) for each in found.problems]

    def draw(self, *, dismissed: bool) -> Markup:
        """`dismissed`: the first steps were put away, and can be fetched again here."""
        drills = [_row(each) for each in self._offered.values()]
        return piece(
            "drills", drills=drills, running=self._running(), problems=self._problems, dismissed=dismissed
        )

    def act(self, person: Person, place: str, form: Mapping[str, str]) -> None:
        """`drill`: start this one, as the person would by typing it. Raises Refused."""
        name = form.get("drill", "")
        if name not in self._offered:
            raise Refused("There is no such drill.")
        try:
            answer = person.command(self._where(person, place), COMMAND, f"drill {name}")
        except NotOnScreen as error:
            raise Refused(str(error)) from None
        if not answer.ok:
            raise Refused(answer.error or "The bot did not answer. Try again.")

    def _where(self, person: Person, place: str) -> str:
        """Where the person is, if it is a conversation that takes commands."""
        for each in self._made.workspace.conversations:
            if each.id == place and person.id in each.members and not each.archived:
                return each.id
        return DESK

    def _running(self) -> list[dict[str, object]]:
        """What was begun in this practice, the newest first."""
        now = self._made.mover.now
        begun = [each.state for each in self._incidents.all() if each.state.drill is not None]
        return [_course(state, now) for state in reversed(begun)]


def _course(state: Any, now: datetime) -> dict[str, object]:
    """How far a drill got. `state`: of its incident, as the bot's records have it."""
    part, over = state.drill.take_part, state.drill_ended is not None
    answered = sum(each.answered is not None for each in state.injects.values())
    minute = int((now - state.opened_at).total_seconds() // 60)
    came = f"{len(state.injects)} of {len(part.injects)} injects came, {answered} answered."
    return {
        "incident": state.id,
        "title": state.drill.title,
        "words": f"It is over. {came}" if over else f"Minute {minute} of {part.minutes}. {came}",
        "link_words": "Debrief" if over else "Debrief so far",
    }


def _row(drill: Drill) -> dict[str, object]:
    assert drill.take_part is not None, "only these are offered"
    part = drill.take_part
    return {
        "id": drill.id,
        "title": drill.title,
        "about": drill.about,
        "minutes": part.minutes,
        "injects": len(part.injects),
        "playbook": part.playbook,
    }

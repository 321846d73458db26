"""Who is on duty, role by role, and what somebody is told who goes off duty. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.policy import COMMUNICATOR, EXEC, IC, PIO, SME, Act, Person, Roster, may, role_title
from ecomms_bot.incident.state import Incident
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.playbook.exercise import mark
from ecomms_bot.service.duty import OffDuty
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, header, paragraphs
from ecomms_bot.slack.cards.view import called, compose, due, joined, lines
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.text import listed

ASKED = (COMMUNICATOR, SME, PIO, IC, EXEC)
"""The roles that are asked for something, in the order in which they are shown."""
OFF_MAX = 20
"""So many people off duty are named; the others are counted."""
ANYWHERE = "office"
"""What the buttons hold: they belong to no incident."""
Off = Mapping[str, OffDuty]


def on_duty(person: Person, roster: Roster, off: Off) -> Message:
    """All of it, with the buttons of whoever looks."""
    said = [say("*On duty*"), *roles(roster), *people_off(off)]
    return compose(said, (*paragraphs(lines(said)), *duty_buttons(person, roster, off)))


def duty_part(person: Person, roster: Roster, off: Off) -> tuple[Block, ...]:
    """In App Home. Not without roles: then everybody is asked."""
    if not roster.configured:
        return ()
    shown = paragraphs(lines([*roles(roster), *people_off(off)]))
    return (header("On duty"), *shown, *duty_buttons(person, roster, off))


def roles(roster: Roster) -> Iterator[Sentence]:
    """A line for each role that is asked for something."""
    if not roster.configured:
        yield say("No roles are set in ecomms.yaml, so everybody is asked, and nobody can be off duty.")
        return
    for role in ASKED:
        if role in roster.unread:
            yield say("• *{role}*: Slack has not told yet who that is", role=role_title(role))
        elif roster.all_of(role) or role in roster.members:
            yield joined(say("• *{role}*:", role=role_title(role)), _of(roster, role))


def _of(roster: Roster, role: str) -> Sentence:
    members = tuple(each for each in roster.members.get(role, ()) if each not in roster.off)
    deputies = tuple(each for each in roster.on_duty(role) if each not in members)
    if members and not deputies:
        return called(members)
    if members:
        return joined(called(members), joined(say("deputies:"), called(deputies)), " · ")
    if deputies:
        return joined(say("no member, so the deputies are asked:"), called(deputies))
    return say("nobody") if role == COMMUNICATOR else joined(say("⚠️ nobody ·"), _instead(roster, role))


def _instead(roster: Roster, role: str) -> Sentence:
    """Who hears what a role is asked in which nobody is on duty."""
    found = roster.nearest(role, PIO, IC)
    if not found:
        return say("asked instead: whoever opened the incident")
    if set(found) & set(roster.all_of(role)):
        return joined(say("asked all the same:"), called(found))
    return joined(say("asked instead:"), called(found))


def people_off(off: Off) -> Iterator[Sentence]:
    """Who is off duty, who is back first before the others."""
    ordered = sorted(
        off.values(), key=lambda each: (each.until is None, each.until and each.until.utc, each.person)
    )
    for each in ordered[:OFF_MAX]:
        yield _off(each)
    if len(ordered) > OFF_MAX:
        yield say("and {more} more", more=len(ordered) - OFF_MAX)


def _off(each: OffDuty) -> Sentence:
    said = joined(say("• Off duty: {who}", who=Who(each.person)), until(each), " ")
    if each.by != each.person:
        said = joined(said, say("says {by}", by=Who(each.by)), ", ")
    return joined(said, say("“{note}”", note=each.note), ": ") if each.note else said


def until(off: OffDuty) -> Sentence:
    return say("until {when}", when=due(off.until)) if off.until else say("until further notice")


def duty_buttons(person: Person, roster: Roster, off: Off) -> tuple[Block, ...]:
    """To go off duty, or on again; for pio and ic also for others."""
    if not roster.configured or not may(person, Act.DUTY, Incident("")):
        return ()
    mine = (
        button("I am on duty", names.DUTY_ON, ANYWHERE, "primary")
        if person.id in off
        else button("Go off duty…", names.DUTY_OFF, ANYWHERE)
    )
    others = may(person, Act.DUTY_OF_OTHERS, Incident(""))
    return buttons(mine, button("Somebody else…", names.DUTY_OTHERS, ANYWHERE) if others else None)


def changed(
    me: str, person: str, off: OffDuty | None, roster: Roster, held: Sequence[IncidentRow], *, new: bool
) -> list[Sentence]:
    """What whoever changed it is told. `held`: the open incidents that this person runs."""
    mine, already = me == person, "" if new else " already. Nothing was changed"
    if off is None:
        words = "You are on duty" if mine else "{who} is on duty"
        return [say(words + already + ".", who=Who(person))]
    first = say("You are off duty" if mine else "{who} is off duty", who=Who(person))
    first = joined(joined(first, until(off)), say(already + "."), "")
    told = [first]
    if mine:
        told.append(say("What your roles are asked goes to others. What you owe by name still reaches you."))
    elif new:
        told.append(say("A direct message tells them."))
    return [*told, *_left_alone(person, roster), *_runs(person, held, mine=mine)]


def put(person: str, off: OffDuty | None, by: str, held: Sequence[IncidentRow]) -> Message:
    """To somebody who was put on or off duty by another."""
    if off is None:
        told = [say("{by} put you on duty again.", by=Who(by))]
    else:
        first = joined(say("{by} put you off duty", by=Who(by)), until(off))
        note = say(": “{note}”.", note=off.note) if off.note else say(".")
        told = [joined(first, note, "")]
        told.append(say("If that is wrong, type {on}", on=f"{names.COMMAND} duty on"))
        told += _runs(person, held, mine=True)
    return compose(told, paragraphs(lines(told)))


def _left_alone(person: str, roster: Roster) -> Iterator[Sentence]:
    """The roles in which nobody is left on duty without this person."""
    for role in ASKED:
        if role != COMMUNICATOR and person in roster.all_of(role) and not roster.of(role):
            nobody = say("⚠️ Nobody is on duty as {role} now,", role=role_title(role))
            yield joined(joined(nobody, _instead(roster, role)), say("."), "")


def _runs(person: str, held: Sequence[IncidentRow], *, mine: bool) -> Iterator[Sentence]:
    theirs = [mark(row.name) if row.exercise else row.name for row in held if row.holder == person]
    if theirs:
        words = (
            "{who} run {names}. The reminders of whoever runs an incident still come, and a pio or ic hears "
            "them too. To hand it over, type {how} in its conversation."
        )
        how = f"{names.COMMAND} handover @name"
        yield say(words, who="You" if mine else "They", names=listed(theirs), how=how)

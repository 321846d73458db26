"""Who may do what: one table, used by Slack and by the terminal alike, and the arithmetic of approvals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ecomms_bot.incident.state import Approval, Draft, Incident, Revision
from ecomms_bot.incident.wording import Who, any_of, reject

COMMUNICATOR, SME, PIO, IC, EXEC, OBSERVER, RECORDS = (
    "communicator",
    "sme",
    "pio",
    "ic",
    "exec",
    "observer",
    "records",
)
ROLE_TITLES: Mapping[str, str] = {
    SME: "subject expert",
    PIO: "public information officer",
    IC: "incident commander",
    EXEC: "executive",
}
"""What the short names of the leads stand for. The other names are words already."""
LEADS = frozenset({SME, PIO, IC, EXEC})
ROLES = frozenset({COMMUNICATOR, *LEADS, OBSERVER, RECORDS})
TERMINAL_ROLES = frozenset({RECORDS, OBSERVER})
"""What the person at the machine's terminal holds (`os:LOGIN`)."""

HOLDER = "the holder of the incident"
TIER_MEMBER = "members of the roles that its tier asks for, who did not write it,"
AUTHOR = "its authors"
APPROVER = "who gave it"
ANYONE = "everyone but guests"


def role_title(role: str) -> str:
    """As in "public information officer (pio)"."""
    return f"{ROLE_TITLES[role]} ({role})" if role in ROLE_TITLES else role


class Act(StrEnum):
    """What a person can do, by the name the refusals and the docs use."""

    OPEN = "open an incident"
    DRAFT = "write a draft"
    FACTS = "record a fact"
    VERIFY = "confirm a fact"
    DECIDE_FACT = "decide which source counts"
    NOTE = "add a note"
    REMIND = "set a reminder"
    MARK = "mark a text as published"
    PARTNERS = "record what a partner answered"
    WAIVE_PARTNER = "go on without the word of a partner"
    END_RELEASE = "say that a text was taken down"
    LEAVE_WRONG = "leave a correction unfinished"
    REVIEW = "approve, ask for changes or decline"
    TAKE_BACK = "take back an approval"
    WITHDRAW_DRAFT = "withdraw a draft"
    PHASE = "change the phase"
    SEVERITY = "change the severity"
    STAND_DOWN = "stand the team down"
    SKIP = "skip a step"
    CLOSE = "close the incident"
    HANDOVER = "hand the incident over"
    WITHDRAW_PROMISE = "withdraw a promise"
    OVERRIDE = "override an approval"
    SECOND_REVIEW = "give a second review"
    LOG = "read the log"
    STATUS = "read the status"
    REPORT = "read the report"
    REDACT = "redact an entry"
    EXPORT = "export the log"
    CONFIGURE = "configure the bot"
    DUTY = "go on or off duty"
    DUTY_OF_OTHERS = "put somebody else on or off duty"


_WRITERS = frozenset({COMMUNICATOR, *LEADS})
_COMMAND = frozenset({PIO, IC, HOLDER})

PERMISSIONS: Mapping[Act, frozenset[str]] = {
    Act.OPEN: _WRITERS,
    Act.DRAFT: _WRITERS,
    Act.FACTS: _WRITERS,
    Act.VERIFY: LEADS,
    Act.DECIDE_FACT: frozenset({*LEADS, HOLDER}),
    Act.NOTE: _WRITERS,
    Act.REMIND: _WRITERS,
    Act.MARK: _WRITERS,
    Act.PARTNERS: _WRITERS,
    Act.WAIVE_PARTNER: frozenset({PIO, IC}),
    Act.END_RELEASE: _WRITERS,
    Act.LEAVE_WRONG: frozenset({PIO, IC}),
    Act.REVIEW: frozenset({TIER_MEMBER}),
    Act.TAKE_BACK: frozenset({APPROVER}),
    Act.WITHDRAW_DRAFT: frozenset({AUTHOR}),
    Act.PHASE: _COMMAND,
    Act.SEVERITY: _COMMAND,
    Act.STAND_DOWN: _COMMAND,
    Act.SKIP: _WRITERS,
    Act.CLOSE: _COMMAND,
    Act.HANDOVER: _COMMAND,
    Act.WITHDRAW_PROMISE: frozenset({PIO, IC}),
    Act.OVERRIDE: frozenset({PIO, IC}),
    Act.SECOND_REVIEW: LEADS,
    Act.LOG: frozenset({ANYONE}),
    Act.STATUS: frozenset({ANYONE}),
    Act.REPORT: frozenset({ANYONE}),
    Act.REDACT: frozenset({RECORDS}),
    Act.EXPORT: frozenset({RECORDS}),
    Act.CONFIGURE: frozenset({RECORDS}),
    Act.DUTY: ROLES,
    Act.DUTY_OF_OTHERS: frozenset({PIO, IC}),
}
"""Act → who may. Besides roles: what a person is to the incident or the draft."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, with the roles held now; `unread`: roles of which it is not known who holds them."""

    id: str
    roles: frozenset[str] = frozenset()
    guest: bool = False
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Roster:
    """Role → its members. Not `configured`: there is no roles file, and nobody is held back but guests.

    `deputies` hold the role as its members do, but are asked only when those did not answer, or are none.
    `unread`: roles with a user group whose members Slack has not told since the start. `off`: who is off duty
    now. They keep their roles, and are asked nothing as long as somebody else is there.
    """

    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    configured: bool = True
    unread: frozenset[str] = frozenset()
    deputies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    off: frozenset[str] = frozenset()

    def person(self, user: str, *, guest: bool = False) -> Person:
        if guest:
            return Person(user, guest=True)
        if not self.configured:
            return Person(user, _WRITERS)
        named = (self.members, self.deputies)
        roles = frozenset(role for each in named for role, people in each.items() if user in people)
        return Person(user, roles, unread=self.unread - roles)

    def of(self, role: str) -> tuple[str, ...]:
        """Whom to ask for a role: its members on duty, or its deputies on duty where there are none."""
        return self._awake(self.members.get(role, ())) or self._awake(self.deputies.get(role, ()))

    def all_of(self, role: str) -> tuple[str, ...]:
        """Everybody who holds it, on duty or not, the members first."""
        return tuple(dict.fromkeys((*self.members.get(role, ()), *self.deputies.get(role, ()))))

    def on_duty(self, role: str) -> tuple[str, ...]:
        """Everybody who holds it and is on duty, the members first."""
        return self._awake(self.all_of(role))

    def reach(self, role: str, state: Incident) -> tuple[str, ...]:
        """Whom a notice to a role goes to: who is on duty of it, or of the next of pio → ic.

        Where nobody of these is on duty, those of the first that has any are asked all the same; where they
        have nobody at all, the opener.
        """
        return self.nearest(role, PIO, IC) or ((state.opener,) if state.opener else ())

    def nearest(self, *roles: str) -> tuple[str, ...]:
        """Who is on duty of the first of these roles with anybody on duty; else all of the first with any."""
        asleep = (self.members.get(each) or self.deputies.get(each, ()) for each in roles)
        return next(filter(None, (*map(self.of, roles), *asleep)), ())

    def _awake(self, people: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for each in people if each not in self.off) if self.off else people


def standing(person: Person, state: Incident, draft: Draft | None = None) -> frozenset[str]:
    """All that can allow this person something here: roles, and what they are to incident and draft."""
    if person.guest:
        return frozenset()
    found = {*person.roles, ANYONE}
    if state.exists and state.holder == person.id:
        found.add(HOLDER)
    if draft is not None:
        if person.id in {each.person for each in draft.approvals} | {each.person for each in draft.overrides}:
            found.add(APPROVER)
        if person.id in draft.authors:
            found.add(AUTHOR)
        elif draft.last and usable_roles(person, state, draft.last):
            found.add(TIER_MEMBER)
    return frozenset(found)


def may(person: Person, act: Act, state: Incident, draft: Draft | None = None) -> bool:
    return bool(PERMISSIONS[act] & standing(person, state, draft))


def require(person: Person, act: Act, state: Incident, draft: Draft | None = None) -> None:
    """Raise Rejected unless the table allows it."""
    if person.guest:
        raise reject(
            "guest", "Guests cannot {act}. Please ask a full member of this workspace.", act=act.value
        )
    if not may(person, act, state, draft):
        require_read(person, PERMISSIONS[act])
        holder_may = state.open and PERMISSIONS[act] & {HOLDER, COMMUNICATOR}
        ask = " Ask {holder}, who runs this incident." if holder_may else ""
        raise reject(
            "not-allowed",
            "Only {allowed} may {act}, and you are not one of them. Nothing was changed." + ask,
            allowed=_named(PERMISSIONS[act]),
            act=act.value,
            holder=Who(state.holder),
        )


def require_read(person: Person, roles: Iterable[str]) -> None:
    """Who may hold one of these roles for all that is known is not told that they hold none."""
    if unread := sorted(person.unread.intersection(roles)):
        raise reject(
            "unread",
            "Slack has not told yet who is {roles}, so it is not known whether you may do this. Nothing was "
            "changed. Try again in a minute; if it stays like this, tell whoever runs the bot.",
            roles=any_of(unread),
        )


def usable_roles(person: Person, state: Incident, revision: Revision) -> frozenset[str]:
    """The roles of the tier that this person can fill; without a roles file one person stands for all."""
    if person.guest:
        return frozenset()
    if not state.roles_configured:
        return frozenset(revision.roles)
    return person.roles & frozenset(revision.roles)


def filled(roles: Sequence[str], approvals: Iterable[Approval]) -> tuple[tuple[str, str], ...]:
    """The most roles of a tier that can be given to different approvers: (role, person), in the tier's order.

    A matching (augmenting paths), not first come: who has two roles does not take the only one of another. A
    role that a tier names twice takes two people.
    """
    approvals = tuple(approvals)
    everyone = next((each for each in approvals if each.without_roles), None)
    if everyone is not None:
        return tuple((role, everyone.person) for role in roles)
    seats = _matching(roles, {approval.person: approval.roles for approval in approvals})
    return tuple((role, seats[seat]) for seat, role in enumerate(roles) if seat in seats)


def _matching(roles: Sequence[str], held: Mapping[str, frozenset[str]]) -> Mapping[int, str]:
    """The place of a role in the tier → who takes it."""
    taken: dict[int, str] = {}

    def place(person: str, tried: set[int]) -> bool:
        for seat, role in enumerate(roles):
            if role not in held[person] or seat in tried:
                continue
            tried.add(seat)
            if seat not in taken or place(taken[seat], tried):
                taken[seat] = person
                return True
        return False

    for person in sorted(held):
        place(person, set())
    return taken


def missing(revision: Revision, approvals: Iterable[Approval]) -> tuple[str, ...]:
    """The roles of the tier that nobody has filled yet, in its order; one that is wanted twice, twice."""
    left = list(revision.roles)
    for role, _ in filled(revision.roles, approvals):
        left.remove(role)
    return tuple(left)


def in_sequence(state: Incident, revision: Revision) -> bool:
    """Whether the roles of its tier decide one after the other."""
    tier = state.book.tiers.get(revision.tier)
    return tier is not None and tier.order == "sequence" and state.roles_configured


def turn(state: Incident, revision: Revision, approvals: Iterable[Approval]) -> int:
    """How many roles of the tier, from its first, are filled: in sequence the next one decides."""
    approvals, roles = tuple(approvals), revision.roles
    if not in_sequence(state, revision):
        return len(filled(roles, approvals))
    prefixes = (place for place in range(len(roles)) if len(filled(roles[: place + 1], approvals)) <= place)
    return next(prefixes, len(roles))


def helps(state: Incident, draft: Draft, roles: frozenset[str]) -> bool:
    """Whether the approval of one more person with these roles would count now."""
    revision = draft.current
    one_more = Approval("", roles, revision.at, not state.roles_configured)
    return turn(state, revision, (*draft.approvals, one_more)) > turn(state, revision, draft.approvals)


def open_roles(state: Incident, draft: Draft) -> tuple[str, ...]:
    """The roles whose decision is waited for now: in sequence only the one whose turn it is."""
    each_once = dict.fromkeys(draft.current.roles)
    return tuple(role for role in each_once if helps(state, draft, frozenset({role})))


def can_decide(draft: Draft, roster: Roster, role: str, *, deputies: bool = False) -> tuple[str, ...]:
    """Whom of a role to ask for a decision: who is on duty, and neither wrote nor approved it.

    Its deputies as well if asked for, or where none of its members is left.
    """
    done = {*draft.authors, *(each.person for each in draft.approvals)}
    able = tuple(user for user in roster.of(role) if user not in done)
    if able and not deputies:
        return able
    return tuple(user for user in roster.on_duty(role) if user not in done)


def unfillable(roles: Sequence[str], roster: Roster) -> tuple[str, ...]:
    """The roles of a tier that the members of the roster cannot fill with different people."""
    if not roster.configured:
        return ()
    people = {user for role in roles for user in roster.all_of(role)}
    have = _matching(
        roles, {user: frozenset(role for role in roles if user in roster.all_of(role)) for user in people}
    )
    return tuple(role for seat, role in enumerate(roles) if seat not in have)


def _named(allowed: frozenset[str]) -> str:
    if allowed >= ROLES:
        return "people with a role"
    if allowed >= _WRITERS:
        return "communicators and leads"
    if allowed == LEADS:
        return "leads"
    order = (PIO, IC, RECORDS, HOLDER, AUTHOR, APPROVER, TIER_MEMBER)
    return any_of([name for name in order if name in allowed])

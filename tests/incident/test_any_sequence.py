"""Any commands, by anybody, at any time, with anything in any field: the promises of the house hold.

- nothing but Rejected is raised, and the state is the replay of the log;
- what is handed out was approved completely, these very texts, by people who wrote none of it, or as many
  different people as its tier asks for let it out; and what was taken back or sent back is not handed out;
- what was let out without its approvals is looked at again, or somebody is asked to;
- no text is submitted that says what sources disagree about, and everybody hears of each conflict;
- an update that is owed has its reminders before it or behind it;
- who reads a text that is wrong hears of it on the same channel, or somebody is asked to see to that;
- what a drill brings comes once, at its minute, and nothing of it after its end;
- nothing is asked of Slack twice.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import effects as fx
from ecomms_bot.incident import things
from ecomms_bot.incident.changes import disputed, told
from ecomms_bot.incident.events import (
    About,
    ApprovalGiven,
    ApprovalOverridden,
    ApprovalTakenBack,
    ChangesAsked,
    DraftApproved,
    DraftDeclined,
    DraftSaved,
    DraftWithdrawn,
    Event,
    FactDecided,
    FactRecorded,
    Kind,
    MarkedPublished,
    Phase,
    PromiseMade,
    Quoted,
    Receipt,
    RevisionSubmitted,
    SecondReviewGiven,
)
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.faces import faces
from ecomms_bot.incident.gates import open_ends
from ecomms_bot.incident.keys import promise_key, second_review_of
from ecomms_bot.incident.policy import missing
from ecomms_bot.incident.progress import counts, urgent
from ecomms_bot.incident.projection import incident_row, release_rows
from ecomms_bot.incident.reminders import POINTS, owed
from ecomms_bot.incident.state import Draft, Promise
from ecomms_bot.incident.timeline import lines
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.drafting import text_sha256
from ecomms_bot.playbook.exercise import is_marked
from ecomms_bot.playbook.values import AS_OF, NEXT_UPDATE
from tests.incident.any_drilling import THEIR_DRILL, Drilling
from tests.incident.any_following import Following
from tests.incident.any_leaders import THEIRS, check_leaders, with_leaders
from tests.incident.any_partners import Partnering, with_gates
from tests.incident.any_talking import Talking
from tests.incident.put_right import correcting_book, texts_of
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    EXEC,
    IC,
    NIGHT,
    NO_ROLES,
    OBSERVER,
    PIO,
    PIO_2,
    RECORDS,
    ROSTER,
    SME,
    SME_AND_PIO,
    STRANGER,
    Story,
    instant,
)

_T = TypeVar("_T")

PEOPLE = [COMMUNICATOR, COLLEAGUE, SME, PIO, PIO_2, IC, EXEC, SME_AND_PIO, OBSERVER, RECORDS, STRANGER]
TEXTS: list[tuple[str, Kind]] = [
    ("D1", "statement"),
    ("D3", "statement"),
    ("D4", "update"),
    ("D4", "no-change"),
    ("D4", "final"),
]

TIERS: list[Mapping[str, Any]] = [
    {},
    {"order": "sequence"},
    {"override": "two"},
    {"override": "never"},
    {"override": "two", "order": "sequence", "second_review_minutes": 10},
    {"roles": ["pio", "pio"], "second_review_minutes": 10},
    {"roles": ["sme", "pio", "pio"], "order": "sequence", "override": "two"},
]
"""What every tier of the incident says beside or instead of its own."""

# Commands with anything in them. "#0" is the latest draft, "#1" the one before; "" the hash it really has,
# and revision 0 the one it is at: so that some of them hit what is there.

drafts = st.sampled_from(["#0", "#1", "#2", "#3", "none"])
revisions_ = st.sampled_from([0, 0, 1, 2, -1])
hashes = st.sampled_from(["", "", "0" * 64])
steps = st.sampled_from(["D1", "D3", "D4", "D9", ""])
kinds: st.SearchStrategy[Any] = st.sampled_from(
    ["statement", "update", "no-change", "correction", "nonsense"]
)
words = st.sampled_from(["", " ", "Why not", "{who}", "x" * 61]) | st.text(max_size=20)
moments = st.integers(-200, 400).map(lambda minute: NIGHT + timedelta(minutes=minute))
values = st.dictionaries(
    st.sampled_from(["road", "next_update_at", "as_of", "no_promise_reason", "nonsense"]),
    words | st.none() | moments.map(instant),
    max_size=4,
)
channels = st.sampled_from(["x", "web", "sms", "internal", "leaders", "radio"])
texts = st.dictionaries(
    channels, st.dictionaries(st.sampled_from(["en", "fr"]), words, max_size=2), max_size=4
)
receipts = st.lists(st.builds(Receipt, channel=channels, attested_at=moments), max_size=3).map(tuple)
corrected = st.none() | st.builds(Receipt, channel=channels, attested_at=moments)
people = st.sampled_from([COMMUNICATOR, COLLEAGUE, PIO, OBSERVER])
links = st.builds(
    About,
    relation=st.sampled_from(["update", "correction"]),
    draft=st.sampled_from(["none", ""]),
    revision=st.integers(0, 2),
    channels=st.just(("x",)),
)
numbered = st.sampled_from(["#0", "#0", "#1", "none"])
names = st.sampled_from(["detour", "next_update_at", "vehicles", "", "x" * 81])
quotes = st.none() | st.builds(
    Quoted,
    conversation=st.just("C-other"),
    ts=st.sampled_from(["1636948800.000100", "9999999999.0", "", "soon"]),
    author=st.sampled_from(["", STRANGER]),
)
talked = st.sampled_from(["5.0", "6.0", "3.0", ""])
things_ = st.sampled_from(["card", "step:D1", "conversation", "closing", "receipt:d:1"])

any_command: st.SearchStrategy[c.Command] = st.one_of(
    st.builds(c.StartStep, steps),
    st.builds(c.SaveDraft, drafts, steps, kinds, values),
    st.builds(c.SubmitDraft, drafts, steps, kinds, values, texts, hashes, st.booleans()),
    st.builds(c.Approve, drafts, revisions_, hashes),
    st.builds(c.AskForChanges, drafts, revisions_, words),
    st.builds(c.Decline, drafts, revisions_, words),
    st.builds(c.TakeBackApproval, drafts, revisions_),
    st.builds(c.Override, drafts, revisions_, hashes, words),
    st.builds(c.GiveSecondReview, drafts, revisions_, st.booleans(), words),
    st.builds(c.MarkPublished, drafts, revisions_, receipts, st.booleans()),
    st.builds(
        c.RecordAcknowledgement, drafts, revisions_, st.sampled_from(["the city", "x"]), words, moments
    ),
    st.builds(c.WaivePartner, drafts, revisions_, st.sampled_from(["the nation", ""]), words),
    st.builds(c.SetReminder, moments.map(instant), words),
    st.builds(c.Snooze, st.sampled_from([5, 10, 7]), st.sampled_from(["", "", "none"])),
    st.builds(
        c.FireReminder,
        st.sampled_from(
            ["promise/none/T-5", "step/D1", "unmarked/none/1/0", "personal/x", "drill/end", "inject/x", ""]
        ),
    ),
    st.builds(c.ReturnAfterAway, moments, moments),
    st.builds(c.ChangePhase, st.sampled_from(["before", "during", "after", "someday"]), words),
    st.builds(c.ChangeSeverity, st.sampled_from(["S1", "S2", "S4", "S9"]), words),
    st.builds(c.StandDown, moments.map(instant)),
    st.builds(c.OfferHandover, people, words),
    st.builds(c.AcceptHandover, numbered),
    st.builds(c.SkipStep, steps, words),
    st.builds(c.WithdrawDraft, drafts, words),
    st.builds(c.ShowTexts, drafts, steps, kinds, values, texts, hashes),
    st.builds(c.CorrectReceipt, drafts, revisions_, channels, words, corrected),
    st.builds(c.EndRelease, drafts, revisions_, st.lists(channels, max_size=2).map(tuple), words),
    st.builds(c.SaveDraft, drafts, st.just("D8"), kinds, values, st.none(), links),
    st.builds(c.AddNote, words, quotes),
    st.builds(
        c.RecordFact,
        names,
        words | moments.map(instant),
        words,
        quotes,
        unit=words,
        until=st.none() | moments.map(instant),
        replaces=st.booleans(),
    ),
    st.builds(c.VerifyFact, names, words),
    st.builds(c.DecideFact, names, words, words),
    st.builds(c.AskQuestion, words, people | st.just(""), st.none() | moments.map(instant), quotes),
    st.builds(c.AnswerQuestion, numbered, words),
    st.just(c.AskReport()),
    st.builds(c.RecordPosted, things_, st.just("C-other"), st.just("3.0"), st.integers(0, 50)),
    st.builds(c.RecordFailure, st.just("t"), st.just("edit"), things_, words, words),
    st.builds(c.RecordGone, things_, st.sampled_from(["3.0", "", "soon"])),
    st.builds(c.AddDiscussion, talked, talked, words | st.just("x" * 4001)),
    st.builds(c.ChangeDiscussion, talked, words),
    st.builds(c.DeleteDiscussion, talked),
    st.builds(
        c.OpenIncident,
        words,
        words,
        words | st.just("UTC"),
        st.just("during"),
        st.sampled_from(["S1", "S9"]),
        exercise=st.booleans(),
        playbook=st.just({}),
        playbook_sha256=words,
        drill=st.sampled_from([None, {}, THEIR_DRILL]),
    ),
)


class AnySequence(Following, Partnering, Talking, Drilling):
    """Most of it is what people do, so that incidents get far; among it comes anything."""

    def __init__(self) -> None:
        super().__init__()
        self.checked = 0

    @initialize(
        roles=st.sampled_from([True, True, False]),
        exercise=st.booleans(),
        severity=st.sampled_from(["S1", "S2", "S4"]),
        tier=st.sampled_from(TIERS),
        gates=st.booleans(),
        drilled=st.booleans(),
    )
    def open(
        self,
        *,
        roles: bool,
        exercise: bool,
        severity: str,
        tier: Mapping[str, Any],
        gates: bool,
        drilled: bool,
    ) -> None:
        self.story = Story(roster=ROSTER if roles else NO_ROLES, leaders=THEIRS)
        raw = with_leaders(correcting_book())
        book = {**raw, "tiers": {name: {**each, **tier} for name, each in raw["tiers"].items()}}
        if gates:
            book = with_gates(book)
        drill = THEIR_DRILL if exercise and drilled else None
        self.story.open(exercise=exercise, severity=severity, playbook=book, drill=drill)

    # --- anything

    @rule(people=st.sets(st.sampled_from(PEOPLE)))
    def somebody_goes_off_duty_or_on_again(self, *, people: set[str]) -> None:
        """Whatever was asked of them is asked of others; nothing else may depend on it."""
        self.story.roster = replace(self.story.roster, off=frozenset(people))

    @rule(
        command=any_command, by=st.sampled_from([*PEOPLE, "bot"]), guest=st.sampled_from([False, False, True])
    )
    def anything(self, *, command: c.Command, by: str, guest: bool) -> None:
        self.attempt(self.aimed(command), by, guest=guest)

    @rule(text=st.sampled_from(TEXTS), road=st.sampled_from(["Highway 1", ""]), by=st.sampled_from(PEOPLE))
    def somebody_takes_up_a_draft(self, *, text: tuple[str, Kind], road: str, by: str) -> None:
        step, kind = text
        facts = {"road": road} if road else {}
        command = self.story.submission(step, kind, facts=facts)
        self.attempt(c.SaveDraft(command.draft, step, kind, command.values), by)

    @rule(number=st.integers(0, 3), channel=channels, text=words, by=st.sampled_from(PEOPLE))
    def somebody_sends_other_words(self, *, number: int, channel: str, text: str, by: str) -> None:
        """The facts of what was approved, with a text that does not follow from them."""
        draft = pick([each for each in self.story.state.drafts.values() if each.last], number)
        if draft is not None:
            last = draft.current
            other = {**last.texts, channel: {"en": text}}
            command = c.SubmitDraft(
                draft.id,
                draft.step,
                last.kind,
                dict(last.values),
                other,
                text_sha256(other),
                renews=number > 1,
            )
            self.attempt(command, by)

    # --- what people do

    @rule(
        text=st.sampled_from(TEXTS),
        by=st.sampled_from([COMMUNICATOR, COLLEAGUE, SME, PIO]),
        ahead=st.sampled_from([7, 18, 30, 60]),
        far=st.sampled_from(["submitted", "approved", "published", "published", "published"]),
    )
    def bring_a_text_on(self, *, text: tuple[str, Kind], by: str, ahead: int, far: str) -> None:
        due = self.story.now + timedelta(minutes=ahead)
        command = self.story.submission(*text, next_update=due)
        self.attempt(c.SaveDraft(command.draft, command.step, command.kind, command.values), by)
        self.attempt(command, by)
        if far != "submitted":
            self.approve_as_asked(number=0, everyone=True)
        if far == "published":
            self.mark_as_asked(number=0, late=False, part=0, channel="x")

    @rule(number=st.integers(0, 3), everyone=st.booleans())
    def approve_as_asked(self, *, number: int, everyone: bool) -> None:
        draft = pick(self.with_status("in review"), number)
        if draft is None:
            return
        current = draft.current
        for role in missing(current, draft.approvals)[: None if everyone else 1]:
            for person in (*ROSTER.of(role), STRANGER):
                self.attempt(c.Approve(draft.id, current.number, current.text_sha256), person)

    @rule(
        number=st.integers(0, 3),
        by=st.lists(st.sampled_from([PIO, PIO_2, IC, SME_AND_PIO, COMMUNICATOR]), min_size=1, max_size=3),
    )
    def somebody_cannot_wait(self, *, number: int, by: list[str]) -> None:
        draft = pick(self.with_status("in review"), number)
        if draft is not None:
            current = draft.current
            for person in by:
                command = c.Override(draft.id, current.number, current.text_sha256, "The river rises.")
                self.attempt(command, person)

    @rule(number=st.integers(0, 3), one=st.integers(0, 3), again=st.booleans())
    def somebody_takes_it_back(self, *, number: int, one: int, again: bool) -> None:
        """Who approved or overrode it; and then it is approved anew, or not."""
        stands = [each for each in self.story.state.drafts.values() if each.approvals or each.overrides]
        draft = pick(stands, number)
        if draft is None:
            return
        given: list[str] = [each.person for each in draft.approvals]
        by = pick([*given, *(each.person for each in draft.overrides)], one)
        assert by is not None
        self.attempt(c.TakeBackApproval(draft.id, draft.current.number), by)
        if again:
            self.attempt(c.Approve(draft.id, draft.current.number, draft.current.text_sha256), by)

    @rule(number=st.integers(0, 3), by=st.sampled_from(PEOPLE), agrees=st.booleans())
    def somebody_looks_again(self, *, number: int, by: str, agrees: bool) -> None:
        draft = pick([*self.with_status("approved"), *self.with_status("published")], number)
        if draft is not None:
            for each in draft.revisions:
                self.attempt(c.GiveSecondReview(draft.id, each.number, agrees, "Highway 7."), by)

    @rule(
        number=st.integers(0, 3),
        part=st.integers(0, 4),
        channel=st.sampled_from(["x", "web", "sms", "internal", "leaders"]),
        void=st.booleans(),
    )
    def what_was_posted_before_it_was_stopped_is_marked(
        self, *, number: int, part: int, channel: str, void: bool
    ) -> None:
        """And was it posted at all?"""
        let_out = [
            (draft, each)
            for draft in self.story.state.drafts.values()
            for each in draft.revisions
            if each.approved_at is not None and not each.receipts and (each.stood or each is not draft.last)
        ]
        found = pick(let_out, number)
        if found is None or found[1].approved_at is None:
            return
        draft, revision = found
        since = revision.stood[0].since if revision.stood else found[1].approved_at
        until = revision.stood[0].until.at if revision.stood else self.story.now
        receipts = (Receipt(channel=channel, attested_at=since + (until - since) * part / 4),)
        self.attempt(c.MarkPublished(draft.id, revision.number, receipts, posted_late=True), COLLEAGUE)
        if void:
            self.attempt(c.CorrectReceipt(draft.id, revision.number, channel, "It hung.", None), PIO)

    @rule(number=st.integers(0, 3), late=st.booleans(), part=st.integers(0, 4), channel=channels)
    def mark_as_asked(self, *, number: int, late: bool, part: int, channel: str) -> None:
        """Posted at any time since it was approved."""
        draft = pick([*self.with_status("published"), *self.with_status("approved")], number)
        if draft is None or draft.current.approved_at is None:
            return
        posted = self.story.now - (self.story.now - draft.current.approved_at) * part / 4
        receipts = (Receipt(channel=channel, attested_at=posted),)
        self.attempt(c.MarkPublished(draft.id, draft.current.number, receipts, posted_late=late), COLLEAGUE)

    @rule(number=st.integers(0, 3), ahead=st.sampled_from([12, 30]), approved=st.booleans())
    def renew_as_asked(self, *, number: int, ahead: int, approved: bool) -> None:
        """New times for an approved text; the old one may have been posted before, and is marked after."""
        draft = pick(self.with_status("approved"), number)
        if draft is None:
            return
        old, now = draft.current, self.story.now
        new = {**old.values, AS_OF: instant(now), NEXT_UPDATE: instant(now + timedelta(minutes=ahead))}
        made = texts_of(self.story, draft, old.kind, new)
        command = c.SubmitDraft(draft.id, draft.step, old.kind, new, made, text_sha256(made), renews=True)
        self.attempt(command, COLLEAGUE)
        if approved:
            self.approve_as_asked(number=0, everyone=True)
        elif old.approved_at is not None:
            receipt = Receipt(channel="web", attested_at=old.approved_at)
            self.attempt(c.MarkPublished(draft.id, old.number, (receipt,), posted_late=True), PIO)

    @rule(
        number=st.integers(0, 3), channel=channels, void=st.booleans(), earlier=st.integers(0, 40), by=people
    )
    def correct_what_was_posted(
        self, *, number: int, channel: str, void: bool, earlier: int, by: str
    ) -> None:
        """It was not posted at all, or at another time; best of a text that answered a promise."""
        out = [each for each in self.story.state.drafts.values() if each.receipts]
        answering = {promise.answered_by for promise in self.story.state.promises.values()}
        draft = pick([each for each in out if each.id in answering] or out, number)
        if draft is None:
            return
        marked = list(draft.receipts)
        for where in marked if void else [channel if channel in marked else marked[0]]:
            moment = self.story.now - timedelta(minutes=earlier)
            receipt = None if void else Receipt(channel=where, attested_at=moment)
            self.attempt(c.CorrectReceipt(draft.id, draft.current.number, where, "Looked.", receipt), by)

    @rule(number=st.integers(0, 3), how=st.sampled_from(["returned", "declined", "withdrawn", "skipped"]))
    def a_text_goes_no_further(self, *, number: int, how: str) -> None:
        under_way = [each for each in self.story.state.drafts.values() if each.open]
        draft = pick(self.with_status("in review") or under_way, number)
        if draft is None:
            return
        if how == "withdrawn" or draft.last is None:
            self.attempt(c.WithdrawDraft(draft.id), draft.authors[0])
        if how == "skipped":
            self.attempt(c.SkipStep(draft.step, "Not now."), COLLEAGUE)
        elif draft.last is not None:
            against = c.Decline if how == "declined" else c.AskForChanges
            self.attempt(against(draft.id, draft.last.number, "Not like this."), PIO)

    @rule(number=st.integers(0, 1), submit=st.booleans(), by=people)
    def show_texts_in_the_thread(self, *, number: int, submit: bool, by: str) -> None:
        draft = pick(
            [each for each in self.story.state.drafts.values() if each.open and each.working], number
        )
        if draft is not None:
            shown = self.preview_of(draft, c.ShowTexts(draft.id, draft.step, draft.kind, {}, {}, ""))
            self.attempt(shown, by)
            if submit:
                values, texts, sha256 = shown.values, shown.texts, shown.text_sha256
                self.attempt(c.SubmitDraft(draft.id, draft.step, draft.kind, values, texts, sha256), by)

    @rule(what=st.sampled_from(["rest", "rest", "work", "worse", "better", "report"]), by=people)
    def change_the_course(self, *, what: str, by: str) -> None:
        promised = self.story.state.live_promises
        if what == "rest" and promised:
            self.attempt(c.StandDown(promised[0].due), IC)
        if what == "work":
            phase: Phase = "after" if self.story.state.phase == "during" else "during"
            self.attempt(c.ChangePhase(phase, "", {"D1": "Others speak."} if by == PIO else {}), PIO)
        if what in {"worse", "better"}:
            self.attempt(c.ChangeSeverity("S1" if what == "worse" else "S4", "The river."), by)
        if what == "report":
            self.attempt(c.AskReport(), by)

    @rule(to=people, by=people, ahead=st.integers(1, 60), then=st.booleans(), question=st.booleans())
    def ask_somebody(self, *, to: str, by: str, ahead: int, then: bool, question: bool) -> None:
        """To answer the public, or to run the incident; and they do, or another tries to."""
        if question:
            due = instant(self.story.now + timedelta(minutes=ahead))
            self.attempt(c.AskQuestion("Is the school open?", to, due), by)
            if then and self.story.state.questions:
                self.attempt(c.AnswerQuestion(list(self.story.state.questions)[-1], "Yes."), by)
            return
        self.attempt(c.OfferHandover(to), PIO)
        if self.story.state.handover is not None:
            self.attempt(c.AcceptHandover(self.story.state.handover.id), to if then else by)

    @rule(
        name=st.sampled_from(["road", "road", "vehicles"]),
        values=st.lists(st.sampled_from(["Highway 1", "highway 1", "Highway 7"]), min_size=1, max_size=3),
        ahead=st.sampled_from([None, None, 3, 20, 40]),
        replaces=st.sampled_from([False, False, True]),
        by=people,
        then=st.sampled_from(["decide", "decide", "write", "nothing"]),
    )
    def sources_say_what_is_so(
        self, *, name: str, values: list[str], ahead: int | None, replaces: bool, by: str, then: str
    ) -> None:
        """And somebody decides, or writes a text all the same."""
        until = None if ahead is None else instant(self.story.now + timedelta(minutes=ahead))
        for value, source in zip(values, ("operations", "media", "RCMP"), strict=False):
            self.attempt(c.RecordFact(name, value, source, until=until, replaces=replaces), by)
        if then == "decide":
            self.a_lead_looks_at_the_facts(number=0, fact=0, decide=True)
        if then == "write":
            self.attempt(self.story.submission("D4", "update", facts={"road": values[0]}), by)

    @rule(number=st.integers(0, 3), fact=st.integers(0, 3), decide=st.sampled_from([True, True, False]))
    def a_lead_looks_at_the_facts(self, *, number: int, fact: int, decide: bool) -> None:
        """First at what sources disagree about."""
        state = self.story.state
        said = pick([state.facts[each] for each in disputed(state) or state.facts], number)
        each = pick(list(said), fact) if said is not None else None
        if each is not None:
            command = c.DecideFact(each.name, each.id, "Counted.") if decide else None
            self.attempt(command or c.VerifyFact(each.name, each.id), PIO)

    @rule(ahead=st.sampled_from([1, 4, 5, 10, 15, 31, 45]), away=st.booleans(), snooze=st.booleans())
    def let_time_pass(self, *, ahead: int, away: bool, snooze: bool) -> None:
        moment = self.story.now + timedelta(minutes=ahead, seconds=ahead)
        if away:
            self.story.wake_at(moment)
        else:
            self.story.until(moment)
        if snooze:
            self.attempt(c.Snooze(5), COLLEAGUE)

    @rule(most=st.integers(1, 5))
    def show_in_slack(self, *, most: int) -> None:
        for task in [task for task in self.story.pending.values() if task.kind != fx.REMINDER][:most]:
            if task.key in self.story.pending:  # what came before may have cancelled it
                before = len(self.story.log)
                self.story.finish(task)
                for event in (each.event for each in self.story.log[before:]):
                    if isinstance(event, MarkedPublished):  # leaders read it: the bot marks that itself
                        course = course_of(self.story, event.draft, event.revision)
                        assert all(posted_while_approved(course, each) for each in event.receipts)

    @precondition(lambda self: len(self.story.log) > 40)
    @rule(
        by=st.sampled_from([PIO, IC, COMMUNICATOR, OBSERVER]),
        note=words,
        reason=words,
        in_error=st.booleans(),
    )
    def close(self, *, by: str, note: str, reason: str, in_error: bool) -> None:
        left = {each.thing: note for each in open_ends(self.story.state)}
        self.attempt(c.CloseIncident(note, reason, in_error=in_error, left=left), by)

    # --- how

    def attempt(self, command: c.Command, by: str, *, guest: bool = False) -> None:
        """Whatever is refused is refused in words, and changes nothing."""
        before, refused = self.story.state, None
        new: tuple[Event, ...] = ()
        try:
            new = self.story.do(command, by, guest=guest)
        except Rejected as rejected:
            refused = rejected
        if refused is not None:
            assert str(refused)
            assert "{" not in refused.sentence.write(lambda _: "")
            assert self.story.state is before
        for event in new:
            if isinstance(event, DraftApproved | MarkedPublished):
                course = course_of(self.story, event.draft, event.revision)
                assert course.windows
                if isinstance(event, MarkedPublished):
                    assert all(posted_while_approved(course, each) for each in event.receipts)
            if isinstance(event, SecondReviewGiven):
                assert by not in course_of(self.story, event.draft, event.revision).had_a_part

    def aimed(self, command: Any) -> Any:
        """The command with what its placeholders stand for."""
        if isinstance(command, c.AcceptHandover | c.AnswerQuestion):
            return self.aimed_at_people_s_things(command)
        if not getattr(command, "draft", "").startswith("#"):
            return command
        draft = pick(list(self.story.state.drafts.values()), int(command.draft[1:]))
        if draft is None:
            return command
        command = replace(command, draft=draft.id)
        if isinstance(command, c.SubmitDraft):
            sha256 = command.text_sha256 or text_sha256(command.texts)
            return replace(command, step=draft.step, kind=draft.kind, text_sha256=sha256)
        if isinstance(command, c.ShowTexts):
            return self.preview_of(draft, command)
        if isinstance(command, c.SaveDraft | c.WithdrawDraft) or draft.last is None:
            return command
        if command.revision == 0:
            command = replace(command, revision=draft.last.number)
        if isinstance(command, c.Approve | c.Override) and not command.text_sha256:
            command = replace(command, text_sha256=draft.last.text_sha256)
        return command

    def aimed_at_people_s_things(self, command: c.AcceptHandover | c.AnswerQuestion) -> c.Command:
        state = self.story.state
        if isinstance(command, c.AcceptHandover):
            offer = (
                pick(list(state.handovers), int(command.handover[1:])) if command.handover[0] == "#" else None
            )
            return replace(command, handover=offer or "none")
        asked = pick(list(state.questions), int(command.question[1:])) if command.question[0] == "#" else None
        return replace(command, question=asked or "none")

    def preview_of(self, draft: Draft, command: c.ShowTexts) -> c.ShowTexts:
        """The texts of the working copy, as its form shows them, if there is one."""
        command = replace(command, step=draft.step, kind=draft.kind)
        if draft.working is None or command.text_sha256:
            return command
        made = texts_of(self.story, draft, draft.kind, draft.working.values)
        return replace(command, values=dict(draft.working.values), texts=made, text_sha256=text_sha256(made))

    def with_status(self, status: str) -> list[Draft]:
        return [each for each in self.story.state.drafts.values() if each.status == status]

    # --- what holds at any time

    @invariant()
    def nothing_is_asked_of_slack_twice(self) -> None:
        assert len(self.story.keys) == len(set(self.story.keys))

    @invariant()
    def leaders_read_each_text_once_and_its_receipt_says_so(self) -> None:
        check_leaders(self.story)

    @invariant()
    def whoever_is_off_duty_somebody_hears_each_reminder(self) -> None:
        said = [fired.event for fired in self.story.state.fired.values()]
        assert all(event.to for event in said) or not self.story.roster.configured
        assert all(set(event.off_duty) <= set(event.to) for event in said)

    @invariant()
    def what_is_owed_has_its_task(self) -> None:
        now, pending = self.story.now, {task.ids["reminder"] for task in self.story.reminders()}
        for key, each in owed(self.story.state).items():
            overtaken = each.superseded_at is not None and now >= each.superseded_at
            assert overtaken or key in pending

    @invariant()
    def only_what_stands_is_handed_out_and_what_was_overridden_is_looked_at(self) -> None:
        story, state = self.story, self.story.state
        asked = {(key.split("/")[1], second_review_of(key)) for key in owed(state) if "second-rev" in key}
        for draft in state.drafts.values():
            if draft.last is None:
                continue
            stands = course_of(story, draft.id, draft.current.number).stands
            assert (draft.status == "approved") <= stands
            assert draft.current.approved <= (stands or draft.status in {"published", "withdrawn"})
            for each in draft.revisions:
                course = course_of(story, draft.id, each.number)
                handed_out = f"{state.id}/post/{things.publish_thing(draft.id, each.number)}" in story.keys
                assert (handed_out or bool(each.receipts)) <= bool(course.windows)
                may_be_read = each.receipts or (draft.status == "approved" and each is draft.last)
                if course.overridden and may_be_read and state.open:
                    assert course.looked or (draft.id, each.approved_seq) in asked

    @invariant()
    def the_conversation_hears_of_each_conflict_and_each_text_that_says_what_counts_no_more(self) -> None:
        story, state = self.story, self.story.state
        for fact in told(state) if state.open else ():
            thing = things.changed_fact_thing(fact)
            planned = (task.ids.get("thing") for task in story.pending.values())
            assert thing in state.posted or thing in planned

    @invariant()
    def every_update_that_is_owed_has_its_reminders(self) -> None:
        story = self.story
        pending = {task.ids["reminder"] for task in story.reminders()}
        if not story.state.open:
            assert not pending
            return
        live = story.state.live_promises
        for promise in live:
            same = [each for each in live if each.due.utc == promise.due.utc]
            if promise.started_at < max(each.started_at for each in same):
                continue  # the newer one for the same minute is reminded of
            keys = {str(point): {promise_key(each, point) for each in same} for point in POINTS}
            for point in expected_points(promise, story.now):
                assert keys[point] & (pending | set(story.state.fired))

    @invariant()
    def the_state_is_the_replay_of_the_log_and_can_be_looked_at(self) -> None:
        story, state = self.story, self.story.state
        if self.checked == state.seq:
            return
        self.checked = state.seq
        assert replay(state.id, story.log) == state
        faces(state)
        for row in release_rows(state):
            assert row.text == submitted(story, row.draft, row.revision).texts[row.channel][row.language]
        assert incident_row(state).seq <= state.seq
        urgent(state, story.now)
        counts(state)
        for each in lines(state, story.log[-5:], all=True):
            assert str(each.sentence)

    def teardown(self) -> None:
        if not hasattr(self, "story"):
            return
        sheet = Sheet()
        for event in (each.event for each in self.story.log if each.event is not None):
            sheet.hear(event)
            if isinstance(event, RevisionSubmitted):
                assert not any(sheet.disputed(name) for name, value in event.values.items() if value)
            if isinstance(event, ApprovalGiven):
                said = submitted(self.story, event.draft, event.revision).values
                assert not any(sheet.disputed(name) for name, value in said.items() if value)
            if isinstance(event, PromiseMade):
                assert event.due == submitted(self.story, event.draft, event.revision).next_update
            if isinstance(event, RevisionSubmitted) and self.story.state.exercise:
                assert all(
                    is_marked(text, channel)
                    for channel, languages in event.texts.items()
                    for text in languages.values()
                )


@dataclass
class Sheet:
    """What sources say, from the log alone: name → source → its last word that nobody decided against."""

    words: dict[str, dict[str, FactRecorded]] = field(default_factory=dict)
    recorded: dict[str, FactRecorded] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        if isinstance(event, FactRecorded):
            if event.replaces:
                self.words[event.name] = {}
            self.words.setdefault(event.name, {})[event.source.casefold()] = event
            self.recorded[event.fact] = event
        if isinstance(event, FactDecided):
            chosen = self.recorded[event.fact]
            self.words[event.name] = {chosen.source.casefold(): chosen}

    def disputed(self, name: str) -> bool:
        return len({str(each.value).casefold() for each in self.words.get(name, {}).values()}) > 1


def pick(choices: list[_T], number: int) -> _T | None:
    """One of what there is; the latest for 0."""
    return choices[-1 - number % len(choices)] if choices else None


def expected_points(promise: Promise, now: datetime) -> Iterator[str]:
    """What must be planned or said of a live promise, worked out anew from the design."""
    left = promise.due.utc - promise.started_at
    if left >= timedelta(minutes=20) and now < promise.due.utc + POINTS["T-5"]:
        yield "T-15"
    if left > timedelta(minutes=5) and now < promise.due.utc:
        yield "T-5"
    if left > timedelta(minutes=-10):
        yield "T+0"
    yield "T+10"


def revisions(story: Story) -> Iterator[RevisionSubmitted]:
    return (each.event for each in story.log if isinstance(each.event, RevisionSubmitted))


def submitted(story: Story, draft: str, number: int) -> RevisionSubmitted:
    (revision,) = (each for each in revisions(story) if (each.draft, each.revision) == (draft, number))
    return revision


@dataclass
class Course:
    """What the log alone says of one revision. `windows`: from when until when it could be posted.

    `had_a_part`: who wrote, approved or overrode it.
    """

    stands: bool = False
    overridden: bool = False
    looked: bool = False
    approvals: dict[str, ApprovalGiven] = field(default_factory=dict)
    overrides: set[str] = field(default_factory=set)
    windows: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    had_a_part: set[str] = field(default_factory=set)

    def void(self) -> None:
        self.stands = False
        self.approvals.clear()
        self.overrides.clear()


def course_of(story: Story, draft: str, number: int) -> Course:
    """From the log alone: these very texts, every role of the tier by different people, none an author."""
    revision, course = submitted(story, draft, number), Course()
    canonical = json.dumps(revision.texts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    authors: set[str] = set()
    for entry in story.log:
        match entry.event:
            case DraftSaved(draft=of, author=author) if of == draft:
                authors.add(author)
            case RevisionSubmitted(draft=of, author=author, revision=n) if of == draft:
                authors.add(author)
                if n > number:
                    course.void()
            case DraftWithdrawn(draft=of) if of == draft:
                course.void()
            case (
                ApprovalGiven(draft=of, revision=n)
                | ApprovalOverridden(draft=of, revision=n)
                | ApprovalTakenBack(draft=of, revision=n)
                | DraftApproved(draft=of, revision=n)
                | SecondReviewGiven(draft=of, revision=n)
                | ChangesAsked(draft=of, revision=n)
                | DraftDeclined(draft=of, revision=n)
            ) if (of, n) == (draft, number):
                assert getattr(entry.event, "text_sha256", sha256) == sha256
                follow(story, course, entry.event, entry.at, authors)
            case _:
                pass
    course.had_a_part |= authors
    return course


def follow(story: Story, course: Course, event: Event, at: datetime, authors: set[str]) -> None:
    match event:
        case ApprovalGiven(person=person):
            assert not course.stands
            assert person not in authors
            assert person not in course.approvals
            held = ROSTER.person(person).roles
            assert event.without_roles or event.roles == tuple(sorted(set(event.roles) & held))
            assert event.without_roles == (not story.roster.configured)
            course.approvals[person] = event
            course.had_a_part.add(person)
        case ApprovalOverridden(person=person):
            assert not course.stands
            assert person not in course.overrides
            assert not story.roster.configured or ROSTER.person(person).roles & {"pio", "ic"}
            assert event.reason
            course.overrides.add(person)
            course.had_a_part.add(person)
        case DraftApproved():
            assert complete(story, course, event)
            course.stands, course.overridden, course.looked = True, event.overridden, False
            course.windows.append((at, None))
        case ApprovalTakenBack(person=person):
            if course.approvals.pop(person, None) is not None:
                course.overrides.clear()
            course.overrides.discard(person)
            if course.stands:
                course.windows[-1] = course.windows[-1][0], at
            course.stands = False
        case SecondReviewGiven():
            course.looked = True
        case _:
            assert not course.stands
            course.void()


def complete(story: Story, course: Course, event: DraftApproved) -> bool:
    revision = submitted(story, event.draft, event.revision)
    if event.overridden:
        needed = {"one": 1, "two": 2, "never": 99}[story.state.book.tiers[revision.tier].override]
        return len(course.overrides) == needed
    if not story.roster.configured:
        return len(course.approvals) == 1
    return any(
        all(role in given.roles for role, given in zip(revision.roles, order, strict=True))
        for order in permutations(course.approvals.values(), len(revision.roles))
    )


def posted_while_approved(course: Course, receipt: Receipt) -> bool:
    """People give minutes: the minute of the approval counts as after it."""
    return any(
        since - timedelta(minutes=1) < receipt.attested_at and (until is None or receipt.attested_at <= until)
        for since, until in course.windows
    )


TestAnySequence = pytest.mark.chance(AnySequence.TestCase)
SEQUENCES = int(os.environ.get("SEQUENCES", "120"))
"""How many are tried; `make test-long` tries more."""
TestAnySequence.settings = settings(max_examples=SEQUENCES, stateful_step_count=60, deadline=None)

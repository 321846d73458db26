"""One of every kind of message, form and Home that the bot ever sends, of one sample incident. Pure.

`ecomms doctor` lets Slack look at them before an incident does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.entry import IncidentRow
from ecomms_bot.incident.events import Quoted, Receipt
from ecomms_bot.incident.state import Incident, Revision
from ecomms_bot.incident.timeline import lines
from ecomms_bot.incident.wording import say
from ecomms_bot.slack import cards, forms, names, noting_forms, overriding, step_forms
from ecomms_bot.slack.cards import answers
from ecomms_bot.slack.cards.facts import facts
from ecomms_bot.slack.cards.home import Desktop, home
from ecomms_bot.slack.closing import phase_form
from ecomms_bot.slack.commands.table import COMMANDS
from ecomms_bot.slack.composing import begin, compose
from ecomms_bot.slack.fact_forms import KNOWN, OTHER
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.noting_forms import Noted
from ecomms_bot.slack.sample_book import BOOK, RAW, SHA256
from ecomms_bot.slack.sample_duty import OFF, WITH_OFF, of_duty
from ecomms_bot.slack.sample_facts import sheet
from ecomms_bot.slack.sample_following import putting_right
from ecomms_bot.slack.sample_leaders import to_leaders
from ecomms_bot.slack.sample_life import (
    COLLEAGUE,
    COMMUNICATOR,
    CONVERSATION,
    IC,
    PIO,
    ROSTER,
    SME,
    ZONE,
    SampleLife,
)
from ecomms_bot.slack.sample_partners import with_partners
from ecomms_bot.slack.writing import Writing, draft_form, preview

EVERYBODY = tuple(dict.fromkeys(each for role in ROSTER.members.values() for each in role))
WORKSPACE = "https://example.slack.com/"
OFFICE: Mapping[str, str] = {"issuing_source": "Example City", "info_url": "https://www.example.org"}
WORDS = "Are the shelters open? People ask at the north end of the bridge, and nobody there knows."
WHY = "Which side of Hope?"
URL = "https://hooks.slack.com/commands/T0/1/sample"


@dataclass(frozen=True, slots=True)
class Sample:
    """`kind` is a kind of thing, the name of a form, "answer …", "home"; `name` says also in which state."""

    kind: str
    name: str
    content: Message | forms.View

    @property
    def messages(self) -> tuple[Message, ...]:
        """The message with those that go before it; () for a form."""
        if isinstance(self.content, Message):
            return (*self.content.replies, self.content)
        return ()

    @property
    def view(self) -> forms.View | None:
        return None if isinstance(self.content, Message) else self.content

    def as_json(self, person: str) -> str:
        """As it is sent: the view, or the message (of several the last); `person` stands for everybody."""
        view = self.view
        message = self.messages[-1] if view is None else None
        sent = view if message is None else {"text": message.text, "blocks": message.blocks}
        text = json.dumps(sent, ensure_ascii=False)
        for one in EVERYBODY:
            text = text.replace(f'"{one}"', json.dumps(person))
        return text


def samples(*, exercise: bool) -> tuple[Sample, ...]:
    """All of them, drawn at the moments at which people see them."""
    evening = Evening(exercise=exercise)
    evening.begin()
    evening.publish()
    evening.change_course()
    evening.go_wrong()
    evening.put_right()
    evening.change_facts()
    evening.end()
    return tuple(evening.kept)


def for_a_look(person: str) -> tuple[Sample, ...]:
    """The longest of each kind, live or exercise: few enough for Slack's limit of calls in a minute.

    `person` is somebody whom Slack knows, in the place of those whom forms propose.
    """
    longest: dict[str, Sample] = {}
    for exercise in (True, False):
        for each in samples(exercise=exercise):
            known = longest.get(each.kind)
            if known is None or len(each.as_json(person)) > len(known.as_json(person)):
                longest[each.kind] = each
    return tuple(longest.values())


class Evening:
    """The sample incident, and what was drawn of it so far."""

    def __init__(self, *, exercise: bool) -> None:
        self.life = SampleLife(RAW, SHA256, exercise=exercise)
        self.kept: list[Sample] = []

    @property
    def state(self) -> Incident:
        return self.life.state

    def keep(self, kind: str, content: Message | forms.View, state: str = "") -> None:
        self.kept.append(Sample(kind, f"{kind}, {state}" if state else kind, content))

    def show(self, thing: str, state: str = "", *, dm: bool = False) -> None:
        """A thing as it looks now."""
        how: dict[str, str] = {"kind": "dm", "user": COMMUNICATOR} if dm else {}
        self.keep(things.split(thing)[0], cards.render(thing, self.life.view, **how), state)

    def form(self, view: forms.View, state: str = "") -> None:
        self.keep(view["callback_id"], view, state)

    # --- the evening --------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Opened, reminded of the first step, written, sent back, written again."""
        life = self.life
        step = things.step_thing("D1")
        self._opening()
        self.show(things.CARD, "new")
        self.show(step, "to do")
        self._answer("opened", cards.render("", life.view, kind="answer", user=COMMUNICATOR))
        self.form(step_forms.skip_form(self.state, "D1"))
        self.show(life.fire_next(), "step")
        life.submit("D1")
        draft = life.draft("D1")
        self.show(things.review_thing(draft.id, 1), "waits")
        self.show(step, "in review")
        self.form(forms.reason_form(self.state, names.CHANGES_FORM, draft, 1))
        self.form(forms.reason_form(self.state, names.DECLINE_FORM, draft, 1))
        self.form(step_forms.withdraw_form(self.state, draft))
        life.posted(things.review_thing(draft.id, 1), ts="1636999999.000100")
        self._home(PIO, "who decides")
        life.ask_for_changes("D1", WHY)
        self.show(things.returned_thing(draft.id, 1))
        self.show(things.review_thing(draft.id, 1), "sent back")
        self.show(step, "returned")
        self._writing("D1")

    def publish(self) -> None:
        """Approved, reminded of marking, marked, corrected; the promise with its reminders; an update."""
        life = self.life
        life.minutes(3)
        draft = life.submit("D1", area_description="just west of Hope")
        self.show(things.review_thing(draft.id, 2), "changed")
        life.approve_all("D1")
        self.show(things.review_thing(draft.id, 2), "approved")
        self.show(things.publish_thing(draft.id, 2), "to be posted")
        self.show(things.step_thing("D1"), "approved")
        life.do(PIO, c.TakeBackApproval(draft.id, 2))
        self.show(things.taken_back_thing(draft.id, life.state.seq))
        self.show(things.review_thing(draft.id, 2), "taken back")
        self.show(things.publish_thing(draft.id, 2), "taken back")
        life.approve_all("D1")
        self.show(life.fire_next(), "not marked")
        self.form(forms.mark_form(self.state, life.draft("D1"), self._revision("D1"), life.now))
        receipt = life.mark("D1", "x", "web", "sms")
        self.show(receipt, "recorded")
        self.show(things.publish_thing(draft.id, 2), "posted")
        self.form(step_forms.correct_form(self.state, life.draft("D1"), self._revision("D1")))
        life.do(COMMUNICATOR, c.CorrectReceipt(draft.id, 2, "sms", "It hung.", None))
        truth = Receipt(channel="web", attested_at=life.now, proof="https://www.example.org/7")
        life.do(COMMUNICATOR, c.CorrectReceipt(draft.id, 2, "web", "It was another page.", truth))
        self.show(receipt, "corrected")
        self.show(things.step_thing("D1"), "published")
        self._promised()
        self._home(COMMUNICATOR, "who writes")

    def _promised(self) -> None:
        """Each point of a promised update, with and without a text that stands in its way."""
        life = self.life
        for point in ("T-15", "T-5"):
            self.show(life.fire_next(), f"promise {point}")
        late = life.submit("D4", "update", next_update=30)
        for point in ("T+0", "T+10"):
            thing = self._reminded_of("promise", late_minutes=2)
            self.show(thing, f"promise {point}")
            self.show(thing, f"promise {point}, to one person", dm=True)
        life.approve_all("D4")
        self.form(forms.mark_form(self.state, late, self._revision("D4"), life.now), "in time")
        self.show(self._reminded_of("unmarked-promise"), "the promised time of a text that is not marked")
        life.minutes(60)
        overdue = forms.mark_form(self.state, late, self._revision("D4"), life.now, interrupted=True)
        self.form(overdue, "too late")
        self.show(things.publish_thing(late.id, 1), "outdated")
        life.submit("D4", "update", next_update=40, renews=True)
        life.approve_all("D4")
        life.mark("D4", "x", "web", "sms", "internal")

        self._overridden()

    def _overridden(self) -> None:
        """A text that could not wait for its approvals, and who looks at it afterwards."""
        life = self.life
        draft = life.submit("D4", "update", next_update=60)
        self.show(things.review_thing(draft.id, 1), "new since what is out")
        for point in ("half the target", "the target", "to the next role up"):
            thing = self._reminded_of("review")
            self.show(thing, f"approval, {point}")
            self.show(thing, f"approval, {point}, to one person", dm=True)
        self.show(things.CARD, "waits for approval too long")
        self._home(SME, "who did not decide in time")
        self.form(overriding.override_form(self.state, draft))
        life.do(PIO, c.Override(draft.id, 1, draft.current.text_sha256, WHY))
        said = things.override_thing(draft.id, life.draft("D4").overrides[0].seq)
        self.show(said, "asks for a second look")
        self.show(things.review_thing(draft.id, 1), "overridden")
        self.show(things.publish_thing(draft.id, 1), "overridden")
        self.form(overriding.second_look_form(self.state, life.draft("D4")))
        life.mark("D4", "x", "web", "sms", "internal")
        self.show(self._reminded_of("second-review"), "a second look")
        life.do(IC, c.GiveSecondReview(draft.id, 1, agrees=False, note=WHY))
        self.show(said, "found wrong")
        looked = life.draft("D4").current.second_review
        assert looked is not None
        self.show(things.found_wrong_thing(draft.id, looked.seq))
        closure = life.submit("D3", next_update=60)
        life.approve("D3", SME)
        self.show(things.your_turn_thing(closure.id, self.state.seq))
        life.do(PIO, c.Override(closure.id, 1, closure.current.text_sha256, WHY))
        self.show(things.override_thing(closure.id, life.draft("D3").overrides[0].seq), "asks for another")
        life.do(COMMUNICATOR, c.WithdrawDraft(closure.id))
        with_partners(life, self.show, self.form, self._reminded_of)

    def change_course(self) -> None:
        """What is done by hand: turns, a handover, facts, a question, one's own reminder, rest."""
        life = self.life
        life.do(PIO, c.ChangeSeverity("S1", "Two more slides."))
        self.show(things.turn_thing(self.state.turns[-1].seq), "severity")
        self._facts_and_questions()
        life.do(COMMUNICATOR, c.SetReminder(life.instant(1), WORDS))
        self.show(life.fire_next(), "one's own")
        life.do(COMMUNICATOR, c.OfferHandover(COLLEAGUE, "The night is yours."))
        offer = next(iter(self.state.handovers))
        self.show(things.handover_thing(offer), "asked")
        self.form(forms.close_form(self.state, life.view.now))
        self.form(phase_form(self.state, "after", "It is over."))
        life.do(COLLEAGUE, c.AcceptHandover(offer))
        self.show(things.handover_thing(offer), "accepted")
        self.show(things.turn_thing(self.state.turns[-1].seq), "handover")
        life.do(COLLEAGUE, c.StandDown(life.promise().due))
        self.show(things.turn_thing(self.state.turns[-1].seq), "rest")
        life.do(COLLEAGUE, c.ChangePhase("after", "It is over."))
        self.show(things.turn_thing(self.state.turns[-1].seq), "phase")
        life.do(COLLEAGUE, c.ChangePhase("during"))

    def _facts_and_questions(self) -> None:
        life = self.life
        self.keep("answer facts", facts(life.view), "none")
        life.do(COMMUNICATOR, c.AddNote(WORDS, Quoted(conversation=CONVERSATION, ts="1.5", author=SME)))
        life.do(COMMUNICATOR, c.RecordFact("road", "Highways 7 and 1", "operations, by phone"))
        life.do(COMMUNICATOR, c.RecordFact("Shelter", "The high school", "the city"))
        self.keep("answer facts", facts(life.view), "some")
        life.do(COMMUNICATOR, c.AskQuestion(WORDS, COLLEAGUE, life.instant(5)))
        asked = next(iter(self.state.questions.values()))
        self.show(things.question_thing(asked.id), "open")
        self.form(noting_forms.answer_form(self.state, asked, URL))
        self._home(COLLEAGUE, "who owns a question")
        self.show(self._reminded_of("question"), "question")
        for known in ("", KNOWN + "road", OTHER):
            view = noting_forms.fact_form(Noted(self.state.id, "fact", known, url=URL), self.state)
            self.form(view, {"": "which one", OTHER: "another one"}.get(known, "a known one"))
        self._logging()
        life.do(COLLEAGUE, c.AnswerQuestion(asked.id, "The high school is."))
        self.show(things.question_thing(asked.id), "answered")
        self.show(things.answered_thing(asked.id), "to who asked")

    def _logging(self) -> None:
        quoted = Quoted(conversation=CONVERSATION, ts="1637000000.000100", author=SME)
        choice = noting_forms.incident_choice([self._row()])
        for kind, label, _ in noting_forms.KINDS:
            noted = Noted(self.state.id, kind, "", quoted, URL, len(WORDS))
            self.form(
                noting_forms.log_form(noted, self.state, WORDS, self.life.now, choice=choice, entries=(3, 4)),
                label.casefold(),
            )
        nowhere = Noted("", "note", "", quoted, URL, len(WORDS))
        form = noting_forms.log_form(nowhere, None, WORDS, self.life.now, choice=choice)
        self.form(form, "no incident yet")

    def go_wrong(self) -> None:
        """Declined, withdrawn, skipped, shown in the thread, not done."""
        life = self.life
        life.submit("D3")
        life.decline("D3", WHY)
        self.show(things.returned_thing(life.draft("D3").id, 1), "declined")
        life.submit("D3")
        life.do(COMMUNICATOR, c.WithdrawDraft(life.draft("D3").id, "The road is open."))
        self.show(things.review_thing(life.draft("D3").id, 1), "withdrawn")
        to_leaders(life, self.show)
        self._in_thread("D3")
        life.do(COMMUNICATOR, c.WithdrawDraft(life.draft("D3").id))
        life.do(COMMUNICATOR, c.SkipStep("D3", "The road is open."))
        self.show(things.step_thing("D3"), "skipped")
        life.do("bot", c.RecordFailure("k", "pin", "card", "It may not pin.", "Pin the card by hand."))
        trouble = things.trouble_thing(self.state.failures[-1].seq)
        self.show(trouble)
        self.show(trouble, "to one person", dm=True)
        self._homeless()

    def _homeless(self) -> None:
        """An incident whose conversation could not be made."""
        lost = SampleLife(RAW, SHA256, exercise=self.state.exercise, conversation=False)
        lost.do("bot", c.RecordFailure("k", "open", things.CONVERSATION, "It may not.", "Ask to allow it."))
        trouble = things.trouble_thing(lost.state.failures[-1].seq)
        message = cards.render(trouble, lost.view, kind="dm", user=COMMUNICATOR)
        self.keep("trouble", message, "no conversation")

    def _in_thread(self, step: str) -> None:
        """A preview that no window holds, so that it stands in the step's thread."""
        life = self.life
        life.save(step, "statement")
        self.show(things.step_thing(step), "drafting")
        draft = life.draft(step)
        values = draft.working.values if draft.working else {}
        found = compose(self.state, Writing(self.state.id, draft.id, step, "statement"), values, life.now)
        life.do(COMMUNICATOR, c.ShowTexts(draft.id, step, "statement", values, found.texts, found.sha256))
        shown = next(iter(self.state.previews.values()))
        self.show(things.preview_thing(draft.id, shown.seq))

    def put_right(self) -> None:
        """Another incident, in which a text is corrected and one holds no more."""
        for kind, content, state in putting_right(exercise=self.state.exercise):
            self.keep(kind, content, state)

    def change_facts(self) -> None:
        """Another incident, in which sources disagree and a text says what counts no more."""
        for kind, content, state in sheet(exercise=self.state.exercise):
            self.keep(kind, content, state)

    def end(self) -> None:
        """The answers that show all of it, and the closing."""
        self.show(things.CARD, "late in the evening")
        self._answers()
        self.life.close("Everybody is out.", withdraw="The road is open for good.")
        self.show(things.CLOSING)
        self.show(things.CARD, "closed")
        self.show(things.step_thing("D4"), "closed")
        self._home(COMMUNICATOR, "nothing open", open_=False)
        for kind, state, content in of_duty():
            self.keep(kind, content, state)

    # --- what nobody posts --------------------------------------------------------------------------------

    def _opening(self) -> None:
        held = {"url": URL, "conversation": CONVERSATION, "known": []}
        self.form(forms.open_incident([BOOK], BOOK, zone=ZONE, held=held))
        there = say("*{name}* was opened three minutes ago.", name=self.state.name)
        self.form(
            forms.open_incident([BOOK], BOOK, zone=ZONE, held=held, similar=there), "one is there already"
        )
        self.form(forms.done("Done", "It was opened already.", exercise=self.state.exercise))

    def _writing(self, step: str) -> None:
        """The two forms in which a text is written."""
        life, draft = self.life, self.life.draft(step)
        writing = Writing(self.state.id, draft.id, step, draft.kind)
        begins = begin(self.state, writing, COMMUNICATOR, life.now, OFFICE)
        self.form(draft_form(self.state, writing, begins))
        found = compose(self.state, writing, draft.current.values, life.now)
        self.form(
            preview(
                *(self.state, writing, found.texts, found.sha256, found.findings),
                tier=found.tier,
                seen=begins.seen,
                extra={},
            )
        )

    def _answers(self) -> None:
        life, row = self.life, self._row()
        timeline = lines(self.state, life.log)
        for name, draw in self._drawn_answers(row).items():
            self._answer(name, draw())
        self._answer("status", answers.status(life.view, timeline))
        self._answer("log", answers.log_lines(life.view, timeline))

    def _drawn_answers(self, row: IncidentRow) -> Mapping[str, Callable[[], Message]]:
        life, one = self.life, next(iter(COMMANDS.values()))
        return {
            "list": lambda: answers.status_list([row], life.now, ZONE),
            "which incident": lambda: answers.which_incident(
                [row], {row.id: names.pack(row.id, "c3RhdHVz")}, "status", now=life.now, zone=ZONE
            ),
            "asked back": lambda: answers.asked_back(
                say("“8” can be morning or evening."), ["/ecomms remind 08:00 shelters"]
            ),
            "steps": lambda: answers.steps(life.view),
            "severities": lambda: answers.severities(life.view),
            "help": lambda: answers.help_text({each.line: each.does for each in COMMANDS.values()}),
            "help on one": lambda: answers.help_one(one.line, one.does, one.who, one.answers, one.refuses),
        }

    def _answer(self, name: str, message: Message) -> None:
        self.keep(f"answer {name}", message)

    def _home(self, user: str, whose: str, *, open_: bool = True) -> None:
        views = [self.life.view] if open_ else []
        now, me = self.life.now, ROSTER.person(user)
        desktop = Desktop(me, views, len(views), now, ZONE, WORKSPACE, WITH_OFF, OFF)
        self.keep("home", home(desktop), whose)

    def _reminded_of(self, subject: str, late_minutes: float = 0) -> str:
        """The name of the next reminder of this subject, said when it is due, or so much later."""
        while not (thing := self.life.fire_next(late_minutes)).startswith(f"reminder:{subject}/"):
            pass
        return thing

    def _revision(self, step: str) -> Revision:
        return self.life.draft(step).current

    def _row(self) -> IncidentRow:
        state = self.state
        return IncidentRow(
            id=state.id,
            name=state.name,
            hazard=state.book.hazard,
            exercise=state.exercise,
            severity=state.severity,
            phase=state.phase,
            conversation=state.conversation,
            opener=state.opener,
            holder=state.holder,
            opened_at=state.opened_at or self.life.now,
            closed_at=None,
            promised_at=next((each.due.utc for each in state.live_promises), None),
            seq=state.seq,
        )

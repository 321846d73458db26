"""What is done by hand, what is written down, and who asks what: part of the samples. Pure."""

from __future__ import annotations

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import things
from ecomms_bot.incident.events import Quoted
from ecomms_bot.slack import forms, noting_forms
from ecomms_bot.slack.cards.facts import facts
from ecomms_bot.slack.closing import phase_form
from ecomms_bot.slack.fact_forms import KNOWN, OTHER
from ecomms_bot.slack.noting_forms import Noted
from ecomms_bot.slack.sample_evening import URL, WORDS, Evening
from ecomms_bot.slack.sample_life import COLLEAGUE, COMMUNICATOR, CONVERSATION, PIO, SME


def change_course(evening: Evening) -> None:
    """What is done by hand: turns, a handover, facts, a question, one's own reminder, rest."""
    life = evening.life
    life.do(PIO, c.ChangeSeverity("S1", "Two more slides."))
    evening.show(things.turn_thing(evening.state.turns[-1].seq), "severity")
    _facts_and_questions(evening)
    life.do(COMMUNICATOR, c.SetReminder(life.instant(1), WORDS))
    evening.show(life.fire_next(), "one's own")
    life.do(COMMUNICATOR, c.OfferHandover(COLLEAGUE, "The night is yours."))
    offer = next(iter(evening.state.handovers))
    evening.show(things.handover_thing(offer), "asked")
    evening.form(forms.close_form(evening.state, life.view.now))
    evening.form(phase_form(evening.state, "after", "It is over."))
    life.do(COLLEAGUE, c.AcceptHandover(offer))
    evening.show(things.handover_thing(offer), "accepted")
    evening.show(things.turn_thing(evening.state.turns[-1].seq), "handover")
    life.do(COLLEAGUE, c.StandDown(life.promise().due))
    evening.show(things.turn_thing(evening.state.turns[-1].seq), "rest")
    life.do(COLLEAGUE, c.ChangePhase("after", "It is over."))
    evening.show(things.turn_thing(evening.state.turns[-1].seq), "phase")
    life.do(COLLEAGUE, c.ChangePhase("during"))


def _facts_and_questions(evening: Evening) -> None:
    life = evening.life
    evening.keep("answer facts", facts(life.view), "none")
    life.do(COMMUNICATOR, c.AddNote(WORDS, Quoted(conversation=CONVERSATION, ts="1.5", author=SME)))
    life.do(COMMUNICATOR, c.RecordFact("road", "Highways 7 and 1", "operations, by phone"))
    life.do(COMMUNICATOR, c.RecordFact("Shelter", "The high school", "the city"))
    evening.keep("answer facts", facts(life.view), "some")
    life.do(COMMUNICATOR, c.AskQuestion(WORDS, COLLEAGUE, life.instant(5)))
    asked = next(iter(evening.state.questions.values()))
    evening.show(things.question_thing(asked.id), "open")
    evening.form(noting_forms.answer_form(evening.state, asked, URL))
    evening.home(COLLEAGUE, "who owns a question")
    evening.show(evening.reminded_of("question"), "question")
    for known in ("", KNOWN + "road", OTHER):
        view = noting_forms.fact_form(Noted(evening.state.id, "fact", known, url=URL), evening.state)
        evening.form(view, {"": "which one", OTHER: "another one"}.get(known, "a known one"))
    _logging(evening)
    life.do(COLLEAGUE, c.AnswerQuestion(asked.id, "The high school is."))
    evening.show(things.question_thing(asked.id), "answered")
    evening.show(things.answered_thing(asked.id), "to who asked")


def _logging(evening: Evening) -> None:
    quoted = Quoted(conversation=CONVERSATION, ts="1637000000.000100", author=SME)
    choice = noting_forms.incident_choice([evening.row()])
    for kind, label, _ in noting_forms.KINDS:
        noted = Noted(evening.state.id, kind, "", quoted, URL, len(WORDS))
        evening.form(
            noting_forms.log_form(
                noted, evening.state, WORDS, evening.life.now, choice=choice, entries=(3, 4)
            ),
            label.casefold(),
        )
    nowhere = Noted("", "note", "", quoted, URL, len(WORDS))
    form = noting_forms.log_form(nowhere, None, WORDS, evening.life.now, choice=choice)
    evening.form(form, "no incident yet")

"""Questions of the public: the message to who owns one, its line on the card, its reminder's words."""

from __future__ import annotations

from ecomms_bot.incident.state import Question, Word
from ecomms_bot.incident.wording import Sentence, Who, say
from ecomms_bot.slack import names
from ecomms_bot.slack.blocks import button, buttons, paragraphs, quote
from ecomms_bot.slack.cards.view import View, compose, due, gone, joined, lines, link, to_go
from ecomms_bot.slack.message import Block, Message


def question(view: View, question_id: str) -> Message:
    """To its owner, in their own messages: what is asked, until when, and the button to answer it."""
    asked = view.state.questions.get(question_id)
    if asked is None:
        return gone("A question of the public")
    return _shown(view, asked, joined(link(view), _asked(asked), ": "))


def answered(view: View, question_id: str) -> Message:
    """To who took it down, once somebody else found the answer."""
    asked = view.state.questions.get(question_id)
    if asked is None:
        return gone("A question of the public")
    here = say("the question of the public that you took down is answered.")
    return _shown(view, asked, joined(link(view), here, ": "))


def _shown(view: View, asked: Question, first: Sentence) -> Message:
    last = [say("Taken down by {who} at {when}.", who=Who(asked.person), when=view.when(asked.asked_at))]
    if asked.answered is not None:
        last.append(answered_line(view, asked.answered))
        last.append(say("Nothing went to the public: for that, write a text."))
    row = buttons(answer_button(view, asked)) if asked.open and view.state.open else ()
    blocks = (*paragraphs(lines([first])), *quote(asked.text), *paragraphs(lines(last)), *row)
    return compose([first, say("{text}", text=asked.text), *last], blocks)


def _asked(asked: Question) -> Sentence:
    if asked.answered is not None:
        return say("this question of the public is answered.")
    if asked.due is None:
        return say("you own a question of the public.")
    return say("you own a question of the public, wanted by {when}.", when=due(asked.due))


def answered_line(view: View, word: Word) -> Sentence:
    """Who answered, and what."""
    return say(
        "Answered by {who} at {when}: {text}", who=Who(word.person), when=view.when(word.at), text=word.reason
    )


def question_line(view: View, asked: Question) -> Sentence:
    """One open question as it stands on the card. It says nothing that the passing of time changes."""
    del view
    if asked.due is None:
        return say("“{text}” → {owner}", text=asked.text, owner=Who(asked.owner))
    return say(
        "“{text}” → {owner}, wanted by {when}", text=asked.text, owner=Who(asked.owner), when=due(asked.due)
    )


def question_due(view: View, asked: Question) -> Sentence:
    """What the reminder says when its time has come."""
    if asked.answered is not None or asked.due is None:
        return say("The question of the public is answered by now.")
    return say(
        "A question of the public waits for your answer, wanted by {when}, {to_go}.",
        when=due(asked.due),
        to_go=to_go(asked.due.utc, view.now),
    )


def answer_button(view: View, asked: Question, *, primary: bool = True) -> Block:
    value = names.pack(view.state.id, asked.id)
    return button("Answer…", names.ANSWER, value, "primary" if primary else None)

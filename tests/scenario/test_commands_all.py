"""Every command of the table, in every situation: a calm answer, at most one act, nobody called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Conversation
from ecomms_bot.slack.commands.table import TABLE, Typed
from tests.scenario.acting import GUEST, Actor, Case, Reply, opens
from tests.scenario.aftermath import SENDS, parsed
from tests.scenario.test_commands_which import open_behind_its_back

SENSIBLE = {
    "start": "flood",
    "step": "D3",
    "facts": "river level 3.1, operations",
    "note": "the mayor called",
    "phase": "after",
    "severity": "S1 two bridges are gone",
    "remind": "in 20 min call the mayor",
    "snooze": "10",
    "standdown": "until 23:00",
    "handover": "@theo the night is quiet",
    "close": "the road is open",
    "duty": "off until 23:30 the dentist",
    "help": "note",
}
"""What somebody types behind each command who knows it; the others take no words."""
WILD = "🚒 مرحبا \u202eabc\u2069 zero\u200bwidth l’été « déjà » ﷽ 帮助"
MARKUP = "<!channel> <!here> <@U0NOBODY> <https://example.org|x> & | *b* ```c``` \\u003c {name}"
LONG = ("the mayor of every district called " * 100)[:3000]
FORBIDDEN = re.compile(r"Something went wrong|Traceback|[a-z]Error\b|\bNone\b|\{(?!name\})")


def typed(command: Typed, more: str | None = None) -> str:
    words = SENSIBLE.get(command.word, "") if more is None else more
    return f"{command.word} {words}".strip()


def is_calm(reply: Reply, actor: Actor, text: str) -> None:
    """A form, or words, free of what only programs say; never silence, never Slack's own error."""
    assert reply.ok, f"{text}: {reply.words}"
    assert actor.person.modal is not None or reply.words.strip(), f"{text} was met with silence"
    assert not FORBIDDEN.search(reply.words), f"{text}: {reply.words}"
    assert len(reply.messages) <= 1, f"{text} was answered {len(reply.messages)} times"


@contextmanager
def looked_after(on: Stage, text: str) -> Iterator[None]:
    """Whatever comes of it: at most one act is in the logs, and nothing that is sent calls somebody."""
    before = {row.id: row.seq for row in on.bot.records.open_incidents()}
    since = len(on.workspace.calls)
    yield
    acts: set[str] = set()
    for incident, seq in before.items():
        _, entries = on.bot.records.history(incident)
        people = {user.id for user in on.workspace.users.values() if not user.bot}
        acts |= {each.command_id for each in entries if each.seq > seq and each.actor in people}
    assert len(acts) <= 1, f"{text} acted {len(acts)} times"
    for call in on.workspace.calls[since:]:
        if call.method in SENDS or "views" in call.method:
            for words in parsed(call.args):
                assert "<@U0NOBODY>" not in words, text
                assert "<!" not in re.sub(r"<!date\^[^>]*>", "", words), text


def tries_all(on: Stage, who: str, place: Conversation | str, more: str | None = None) -> None:
    actor = Actor(on, who)
    for command in TABLE:
        text = typed(command, more)
        with looked_after(on, text):
            reply = actor.types(text, place)
            is_calm(reply, actor, text)
            actor.leaves()


def test_where_no_incident_is(stage: Stage) -> None:
    tries_all(stage, "mara", "ops-desk")
    assert stage.bot.records.open_incidents() == []


def test_where_no_incident_is_but_one_is_open_elsewhere(stage: Stage) -> None:
    case = opens(stage, live=True)
    before = case.state.seq
    tries_all(stage, "mara", "ops-desk")
    assert case.state.seq == before


@pytest.mark.parametrize("who", ["mara", "pia"])
def test_in_the_conversation_of_an_incident(case: Case, who: str) -> None:
    tries_all(case.on, who, case.conversation)
    assert {"NoteAdded", "FactRecorded", "PhaseChanged", "SeverityChanged", "ReminderSet"} <= {
        each.type for each in case.entries()
    }


def test_in_a_conversation_with_two(live: Case) -> None:
    other = open_behind_its_back(live, "Second slide")
    before = live.state.seq, other.state.seq
    tries_all(live.on, "mara", live.conversation)
    assert (live.state.seq, other.state.seq) == before


def test_in_the_conversation_of_a_closed_one(case: Case) -> None:
    case.closes()
    before = case.state.changed_seq
    tries_all(case.on, "mara", case.conversation)
    assert case.state.changed_seq == before


def test_by_a_guest(case: Case) -> None:
    case.on.workspace.person(GUEST).join(case.conversation)
    before = case.state.seq
    gina = case.actor(GUEST)
    for command in TABLE:
        for more in (None, ""):
            reply = gina.types(typed(command, more), case.conversation)
            is_calm(reply, gina, typed(command, more))
            assert gina.person.modal is None
            assert ("Guests cannot" in reply.words) == (command.word != "help"), reply.words
    assert case.state.seq == before


def test_by_somebody_who_may_only_read(case: Case) -> None:
    # given Otto, who is an observer
    before = case.state.changed_seq
    tries_all(case.on, "otto", case.conversation)
    assert case.actor("otto").person.modal is None
    assert case.state.changed_seq == before
    # the commands that only show something show it to him
    for word in ("status", "log", "facts", "phase", "severity", "step"):
        assert "Only" not in case.types("otto", word).words


@pytest.mark.parametrize("more", [LONG, WILD, MARKUP, ""], ids=["long", "wild", "markup", "nothing"])
def test_with_words_of_every_kind(case: Case, more: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a manifest of an older version, with which Slack sends the words as they were typed
    monkeypatch.setattr(case.on.workspace, "should_escape", False)
    tries_all(case.on, "mara", case.conversation, more)
    tries_all(case.on, "mara", "ops-desk", more)
    if more:
        (note,) = case.entries("NoteAdded")
        assert note.event is not None
        assert note.event.model_dump()["text"] == more.strip()


@pytest.mark.parametrize("more", [MARKUP, WILD], ids=["markup", "wild"])
def test_with_the_manifests_escaping(case: Case, more: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case.on.workspace, "should_escape", True)
    tries_all(case.on, "mara", case.conversation, f"{more} &lt; @pia #ops-desk")
    (note,) = case.entries("NoteAdded")
    assert note.event is not None
    assert note.event.model_dump()["text"] == f"{more} &lt; @pia #ops-desk"


def test_of_one_command_that_comes_in_twice_one_act_stays(case: Case) -> None:
    for word in ("note", "facts", "remind", "severity", "phase"):
        command = next(each for each in TABLE if each.word == word)
        case.on.workspace.faults.delivered_twice("slash_commands")
        before = case.state.seq
        with looked_after(case.on, word):
            reply = case.types("mara", typed(command))
        assert reply.ok
        assert case.state.seq > before, reply.words

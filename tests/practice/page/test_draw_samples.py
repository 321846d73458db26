"""Every kind of message, form and Home that the bot sends is drawn wholly: not a word is missing or added."""

from __future__ import annotations

from typing import Any

import pytest

from ecomms_bot.practice.page import draw
from ecomms_bot.practice.workspace import Home, Modal, Person, Workspace, views
from ecomms_bot.practice.workspace.normal import complete_blocks
from ecomms_bot.practice.workspace.screen import controls, fields, see
from ecomms_bot.practice.workspace.state import StoredMessage
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.samples import Sample, samples
from tests.practice.page.reading import parsed, words

EVERY = samples(exercise=True)  # the same as of a real incident, and the marks
MESSAGES = [(sample, message) for sample in EVERY for message in sample.messages]
VIEWS = [(sample, sample.view) for sample in EVERY if sample.view is not None]


def called(pair: object) -> str:
    return pair.name if isinstance(pair, Sample) else ""


def somebody() -> Person:
    workspace = Workspace(now=lambda: 1_636_950_000.0)
    workspace.add_user("mara", name="Mara Quist", tz="America/Vancouver")
    workspace.add_conversation("ops", ["mara"])
    return workspace.person("mara")


@pytest.mark.parametrize(("sample", "message"), MESSAGES, ids=called)
def test_a_message_reads_on_the_page_as_in_the_workspace(sample: Sample, message: Message) -> None:
    person = somebody()
    place = person.workspace.conversation("ops")
    stored = StoredMessage(place.id, "1.1", person.workspace.bot.id, message.text, by_app=True)
    stored.blocks = complete_blocks([*message.blocks])
    seen = see(person, place, stored)
    html = draw.message(seen, person=person)
    assert words(html) == seen.plain().split()
    pressed = [*parsed(html).all(data_act="press"), *parsed(html).all(data_act="choose")]
    assert {(one.attributes["data-action"], one.attributes["data-value"]) for one in pressed} == {
        (one.element["action_id"], (one.option or one.element).get("value", ""))
        for one in controls(seen.blocks)
    }


@pytest.mark.parametrize(("sample", "view"), VIEWS, ids=called)
def test_a_form_or_home_reads_on_the_page_as_in_the_workspace(sample: Sample, view: dict[str, Any]) -> None:
    person = somebody()
    made = views.make(person.workspace, person.id, views.content(person.workspace, view, ("modal", "home")))
    if view["type"] == "home":
        home = Home(person, made)
        assert words(draw.home(home, person=person)) == home.plain().split()
        return
    modal = Modal(person, made)
    html = draw.modal(modal, person=person)
    assert words(html) == person.reader.blocks(modal.blocks).split()
    names = {one.attributes["name"] for one in parsed(html).walk() if "name" in one.attributes}
    assert names == {f"b|{block['block_id']}|{one['action_id']}" for block, one in fields(modal.blocks)}
    assert parsed(html).all("h2")[0].text == modal.title

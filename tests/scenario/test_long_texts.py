"""Texts too long for a window, and the most that can ever be: nothing of them is left out anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from ecomms_bot.incident.commands import OpenIncident
from ecomms_bot.incident.ids import make_id
from ecomms_bot.incident.policy import Person
from ecomms_bot.playbook.channels import CHANNELS, Channel, in_reading_order
from ecomms_bot.playbook.drafting import Texts, text_sha256
from ecomms_bot.playbook.library import load_with_source
from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Message
from ecomms_bot.service.handler import Request
from tests.books import FLOOD_FILE
from tests.scenario.acting import VANCOUVER, ZONE, Case
from tests.scenario.aftermath import key_of

FLOOD = load_with_source(FLOOD_FILE).raw
TYPED = (
    "🌊👩‍👩‍👧‍👦 أغلق الطريق\u200f السريع. Où êtes-vous\u00a0? <!channel> & <@U0PIO> | *b* `c` \u200b" * 60
)[:3000]
"""What one field takes: emoji, right-to-left, French, zero-width letters, and what could be markup."""
ANSWER_MAX = 65_535
"""Bytes. A longer answer never leaves Slack's Socket Mode client (measured)."""


def opens_with(on: Stage, raw: dict[str, Any], *, exercise: bool = True) -> Case:
    """An incident with a playbook of its own, at its first step."""
    mara = on.workspace.person("mara")
    command_id = f"long-{on.now.isoformat()}-{len(json.dumps(raw))}"
    incident = make_id("i", command_id)
    command = OpenIncident(
        name="Highway 7 slides",
        area="Hope",
        zone=ZONE,
        phase="during",
        severity="S2",
        exercise=exercise,
        playbook=raw,
        playbook_sha256=text_sha256({"playbook": {"": json.dumps(raw, sort_keys=True)}}),
    )
    person = Person(mara.id, frozenset({"communicator"}))
    on.bot.handler.handle(Request(incident, command, command_id, person))
    on.settle()
    return Case(on, incident, on.now.astimezone(VANCOUVER))


def with_details(raw: dict[str, Any]) -> dict[str, Any]:
    """The first step asks for one field of 3,000 characters."""
    step = raw["phases"]["during"][0]
    step["fields"] = [*step["fields"], "details"]
    step["tier"] = "T1"
    raw["fields"]["details"]["max_length"] = 3000
    return dict(step["texts"]["statement"]["templates"])


@pytest.fixture
def one_long(stage: Stage) -> Case:
    """An exercise whose first text is long on the web."""
    raw = deepcopy(FLOOD)
    templates = with_details(raw)
    templates["web"] += "\n\n{{ details }}" * 6
    raw["phases"]["during"][0]["texts"]["statement"]["templates"] = templates
    return opens_with(stage, raw)


@pytest.fixture
def thirteen(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Case:
    """An exercise whose first text goes to thirteen channels, as long as may be where there is no limit."""
    raw = deepcopy(FLOOD)
    templates = with_details(raw)
    for number in range(13 - len(templates)):
        site = Channel(f"site{number}", f"Site {number}", public=True, unit="characters", limit=None)
        monkeypatch.setitem(CHANNELS, site.id, site)
        templates[site.id] = ""
    for channel in templates.keys() - {"x", "sms"}:
        start = f"{channel}[[, {{{{ how_finding_out }}}}]], {{{{ next_update_at | datetime }}}}: "
        templates[channel] = start + "{{ details }}" * 4 + "é" * 7_800 + "."
    step = raw["phases"]["during"][0]
    step["channels"] = list(templates)
    step["texts"]["statement"]["templates"] = templates
    return opens_with(stage, raw)


def posted(case: Case, kind: str) -> Iterator[Message]:
    """What people see in the step's thread for a thing of this kind, in order."""
    for message in case.messages(step="D1"):
        key = str((message.metadata or {}).get("event_payload", {}).get("key", ""))
        if f"/{kind}:" in key:
            yield message


def copied(messages: Iterator[Message]) -> str:
    """All that can be copied from these messages, put together."""
    return "".join(
        part["text"]
        for message in messages
        for block in message.blocks
        if block["type"] == "rich_text"
        for element in block["elements"]
        if element["type"] == "rich_text_preformatted"
        for part in element["elements"]
        if not part["text"].startswith("Log at approval")
    )


def in_order(texts: Texts) -> str:
    return "".join(text for each in in_reading_order(texts) for text in texts[each].values())


def largest_answer(on: Stage) -> int:
    """Bytes of the largest answer to a click, a form or a command, as it is sent."""
    acks = [ack.payload for envelope in on.workspace.envelopes for ack in envelope.acks if ack.payload]
    return max(len(json.dumps({"envelope_id": "0" * 36, "payload": each})) for each in acks)


def test_thirteen_channels_with_the_longest_texts_are_seen_whole_before_and_in_the_review(
    thirteen: Case,
) -> None:
    case = thirteen
    # when Mara fills in the form and presses Next
    reply = case.writes("mara", details=TYPED)
    # then the window tells lengths and beginnings, and where every word is
    assert reply.answer.pushed, reply.words
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.submit_text is None
    assert "Every word is being posted in the step's thread; Submit for approval is there." in modal.plain()
    assert largest_answer(case.on) < ANSWER_MAX
    (asked,) = case.entries("PreviewAsked")
    assert asked.event is not None
    texts: Texts = asked.event.texts  # type: ignore[attr-defined]  # a PreviewAsked
    assert len(texts) == 13
    assert all(19_750 < len(text["en"]) <= 20_022 for name, text in texts.items() if name not in {"x", "sms"})
    # and all that can be read in the thread is what was hashed, character by character
    assert copied(posted(case, "preview")) == in_order(texts)
    shown = case.last("preview", "D1")
    assert shown.buttons == ["Submit for approval", "Change…"]
    # when she submits it there
    case.actor("mara").leaves()
    assert case.clicks("mara", shown, "Submit for approval").words == ""
    # then the leads see the same
    revision = case.draft().current
    assert revision.texts == texts
    assert text_sha256(revision.texts) == revision.text_sha256
    assert copied(posted(case, "review")) == in_order(revision.texts)
    assert "Revision 1 was submitted from this" in case.last("preview", "D1").plain()
    # and so does who posts it
    for who in ("dale", "pia"):
        case.approves(who)
    assert copied(posted(case, "publish")) == in_order(revision.texts)
    assert len({key_of(call) for call in case.on.workspace.calls if call.method == "chat.postMessage"}) > 80


def test_a_preview_in_the_thread_that_somebody_changed_since_is_not_sent(one_long: Case) -> None:
    case = one_long
    case.writes("mara", details=TYPED)
    case.actor("mara").leaves()
    before = case.last("preview")
    case.clock("20:03")
    case.writes("theo", area_description="near Hope")
    case.actor("theo").leaves()
    reply = case.clicks("mara", before, "Submit for approval")
    assert "@Theo Brandt changed this draft today at 20:03, after these texts were shown." in reply.words
    assert "Nothing was sent. Press Write draft to go on with the newest." in reply.words
    assert case.entries("RevisionSubmitted") == []
    # and the old preview has no buttons any more, the new one has
    first, second = [each for each in posted(case, "preview") if "Text " in each.plain()]
    assert (first.buttons, second.buttons) == ([], ["Submit for approval", "Change…"])
    assert case.clicks("mara", second, "Submit for approval").ok
    assert case.draft().current.author == case.actor("mara").id


def test_a_time_that_passed_since_the_preview_is_said_before_anything_is_sent(one_long: Case) -> None:
    case = one_long
    case.writes("mara", details=TYPED, next_update_at="20:05")
    case.actor("mara").leaves()
    case.clock("20:06")
    reply = case.clicks("mara", case.last("preview"), "Submit for approval")
    assert "The next update is promised for a time that has already passed. Nothing was sent." in reply.words
    assert "Press Change…: your words are kept." in reply.words
    # when she presses it, the words are there
    case.clicks("mara", case.last("preview"), "Change…")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert modal.field("More about it") == TYPED.strip()


def test_two_clicks_on_submit_below_a_preview_make_one_revision(one_long: Case) -> None:
    case = one_long
    case.writes("mara", details=TYPED)
    case.actor("mara").leaves()
    shown = case.last("preview")
    case.clicks("mara", shown, "Submit for approval")
    reply = case.clicks("theo", shown, "Submit for approval")
    assert "Revision 1 was sent for approval already." in reply.words
    assert len(case.entries("RevisionSubmitted")) == 1


def test_a_new_revision_of_a_long_text_that_is_in_review_is_shown_and_sent_the_same_way(
    one_long: Case,
) -> None:
    case = one_long
    case.writes("mara", details=TYPED)
    case.actor("mara").leaves()
    case.clicks("mara", case.last("preview"), "Submit for approval")
    case.writes("mara", label="Write new revision", area_description="near Hope")
    case.actor("mara").leaves()
    shown = case.last("preview")
    assert case.clicks("mara", shown, "Submit for approval").words == ""
    assert [each.number for each in case.draft().revisions] == [1, 2]
    again = case.clicks("mara", shown, "Submit for approval")
    assert "Revision 2 was sent for approval already." in again.words


def test_next_pressed_again_without_a_change_posts_nothing_twice(one_long: Case) -> None:
    case = one_long
    case.writes("mara", details=TYPED)
    case.actor("mara").leaves()
    count = len(list(posted(case, "preview")))
    assert case.writes("mara").answer.pushed
    assert len(list(posted(case, "preview"))) == count
    assert len(case.entries("PreviewAsked")) == 1


def test_what_must_be_changed_first_is_not_posted_in_the_thread(one_long: Case) -> None:
    case = one_long
    assert case.writes("mara", details=TYPED, road="🚧" * 28, area_description="🚧" * 28).answer.pushed
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert "Change first what is marked below." in modal.plain()
    assert case.entries("PreviewAsked") == []
    assert case.entries("DraftSaved") != []


def test_an_observer_does_not_submit_what_others_wrote(one_long: Case) -> None:
    case = one_long
    case.writes("mara", details=TYPED)
    reply = case.clicks("otto", case.last("preview"), "Submit for approval")
    assert "Only communicators and leads may write a draft" in reply.words


def test_new_times_of_a_long_text_are_sent_from_the_window(one_long: Case) -> None:
    # given an approved long text
    case = one_long
    case.writes("mara", details=TYPED)
    case.actor("mara").leaves()
    case.clicks("mara", case.last("preview"), "Submit for approval")
    for who in ("dale", "pia"):
        case.approves(who)
    # when its times are renewed later on, only they are new: every other word was read and approved
    case.later(minutes=2)
    case.clicks("mara", case.last("publish"), "Renew times")
    modal = case.actor("mara").person.modal
    assert modal is not None
    assert "Only the times are new; every other word is that of the approved revision." in modal.plain()
    assert case.submits("mara").answer.closed
    assert [each.renews for each in case.draft().revisions] == [False, True]


def test_a_long_text_made_by_one_click_is_shown_in_the_thread_before_it_is_sent(stage: Stage) -> None:
    # given an update without change that no window can hold
    raw = deepcopy(FLOOD)
    update = next(each for each in raw["phases"]["during"] if each["id"] == "D4")
    update["texts"]["no-change"]["templates"]["web"] += "🌊" * 6_000
    case = opens_with(stage, raw)
    case.publishes()
    case.publishes("mara", "D4")
    # when somebody presses No change, then it is kept and posted first
    case.clicks("theo", case.last("step", "D4"), "No change")
    theo = case.actor("theo").person
    assert theo.modal is not None
    assert theo.modal.submit_text == "Show in the thread"
    assert case.submits("theo").answer.updated
    assert "Every word is being posted in the thread of Scheduled update" in theo.modal.plain()
    case.actor("theo").leaves()
    shown = case.last("preview", "D4")
    assert "@Theo Brandt, here is every word." in shown.plain()
    # and sent from there, as what it is
    case.clicks("theo", shown, "Submit for approval")
    assert (case.draft("D4").current.kind, case.draft("D4").current.tier) == ("no-change", "T0")

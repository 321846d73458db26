"""One event, two openers: who opens the same hazard again within 15 minutes is asked first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Subquery, func, select

from ecomms_bot.incident.effects import OPEN_CONVERSATION
from ecomms_bot.practice.stage import Stage
from ecomms_bot.practice.workspace import Answer, Person, interactions
from ecomms_bot.store import tasks
from ecomms_bot.store.tables import tasks as task_table
from ecomms_bot.store.verify import verify
from tests.scenario.acting import Actor, Case, filled, office, opens, starts_form

FIRST = "Highway 5 flooding"


@pytest.fixture
def first(stage: Stage) -> Case:
    """A real flood that Mara opened at 20:00."""
    return opens(stage, name=FIRST, live=True)


# --- at the command ---


def test_the_command_asks_which_one_is_meant(stage: Stage, first: Case) -> None:
    theo = Actor(stage, "theo")
    reply = theo.types("start flood")
    place = first.conversation.name
    assert reply.words.splitlines()[0] == (
        f"{FIRST} was opened today at 20:00 by @Mara Lund, in #{place}. Use that one, or open another?"
    )
    assert theo.person.modal is None
    # when he takes that one, he is shown how it stands
    assert f"{FIRST}" in theo.clicks(reply.messages[-1], "Use that one").words
    assert len(stage.bot.records.open_incidents()) == 1


def test_who_means_another_one_gets_the_form_and_is_not_asked_again(stage: Stage, first: Case) -> None:
    theo = Actor(stage, "theo")
    (question,) = theo.types("start flood").messages
    theo.clicks(question, "Open another")
    assert theo.person.modal is not None
    assert theo.submits(filled("Highway 1 slides", live=True)).answer.closed
    assert len(stage.bot.records.open_incidents()) == 2


def test_after_a_quarter_of_an_hour_nobody_is_asked(stage: Stage, first: Case) -> None:
    first.later(minutes=15)
    theo = Actor(stage, "theo")
    assert theo.types("start flood").messages == []
    assert theo.submits(filled("Highway 1 slides", live=True)).answer.closed


def test_nor_about_one_that_is_closed(stage: Stage, first: Case) -> None:
    first.closes("pia", note="A false alarm.")
    theo = Actor(stage, "theo")
    assert theo.types("start flood").messages == []
    assert theo.submits(filled(FIRST, live=True)).answer.closed


@pytest.mark.parametrize("live", [True, False])
def test_an_exercise_is_no_reason_to_ask_about_a_real_one_nor_the_reverse(
    stage: Stage, *, live: bool
) -> None:
    opens(stage, name="The other kind", live=not live)
    theo = starts_form(stage, "theo")
    assert theo.submits(filled(live=live)).answer.closed


def test_who_may_not_open_is_told_so_by_the_button_too(stage: Stage, first: Case) -> None:
    theo, otto = Actor(stage, "theo"), Actor(stage, "otto")
    (question,) = theo.types("start flood").messages
    forged = {"type": "block_actions", "user": {"id": otto.id}, **_clicked(question.blocks, "Open another")}
    forged |= {"channel": {"id": question.conversation}, "trigger_id": "1.1", "response_url": ""}
    otto.person.send_raw(forged)
    assert otto.person.modal is None


def _clicked(blocks: list[dict[str, object]], label: str) -> dict[str, object]:
    every = [each for block in blocks for each in block.get("elements", ())]  # type: ignore[attr-defined]
    button = next(each for each in every if each.get("text", {}).get("text") == label)
    return {"actions": [{**button, "block_id": "b", "action_ts": "1"}]}


# --- at the form, since two people may fill it in at once ---


def test_the_second_of_two_who_filled_it_in_at_once_is_asked_in_the_form(stage: Stage) -> None:
    mara, theo = starts_form(stage, "mara"), starts_form(stage, "theo")
    assert mara.submits(filled(FIRST)).answer.closed
    # when Theo sends his, of the same hazard
    reply = theo.submits(filled("Flood on Highway 5", severity="S1", area="km 12"))
    assert reply.answer.updated
    modal = theo.person.modal
    assert modal is not None
    assert f"{FIRST} was opened today at 20:00 by @Mara Lund, in #exercise-highway-5" in modal.plain()
    assert "Nothing was opened yet. To use that one, close this form and go there." in modal.plain()
    # then every word is still there, and nothing was written
    assert (modal.field("Name"), modal.field("Where")) == ("Flood on Highway 5", "km 12")
    assert modal.field("Severity") == "S1 Life safety, every 30 min"
    assert len(stage.bot.records.open_incidents()) == 1
    # and pressing Open again without the box asks again, with it opens
    assert theo.submits().answer.updated
    assert theo.submits({"another": ["yes"]}).answer.closed
    assert {row.name for row in stage.bot.records.open_incidents()} == {FIRST, "Flood on Highway 5"}


def test_who_saw_one_is_asked_about_a_third_that_came_meanwhile(stage: Stage, first: Case) -> None:
    dale, theo = Actor(stage, "dale"), Actor(stage, "theo")
    (question,) = theo.types("start flood").messages
    theo.clicks(question, "Open another")
    (question,) = dale.types("start flood").messages
    dale.clicks(question, "Open another")
    assert dale.submits(filled("Highway 3 slides", live=True)).answer.closed
    reply = theo.submits(filled("Highway 3 is closed", live=True))
    assert reply.answer.updated
    modal = theo.person.modal
    assert modal is not None
    assert "Highway 3 slides was opened today at 20:00 by @Dale Ito" in modal.plain()


def test_a_form_that_arrives_twice_is_told_what_it_opened_and_not_asked(stage: Stage) -> None:
    mara = starts_form(stage)
    stage.workspace.faults.delivered_twice("view_submission")
    assert mara.submits(filled(FIRST)).answer.closed
    assert [row.name for row in stage.bot.records.open_incidents()] == [FIRST]


def test_of_two_forms_that_are_sent_in_the_same_moment_one_opens_and_one_asks(stage: Stage) -> None:
    people = [starts_form(stage, who).person for who in ("mara", "theo", "dale", "pia")]
    for person in people:
        person.fill(filled(FIRST))
    answers = at_once([person.submit for person in people])
    stage.settle()
    assert sorted((each.closed, each.updated) for each in answers) == [(False, True)] * 3 + [(True, False)]
    assert [row.name for row in stage.bot.records.open_incidents()] == [FIRST]


# --- a storm ---

OPENINGS = 200
AT_ONCE = 50


def test_200_openings_at_once_are_all_answered_and_none_is_doubled(tmp_path: Path) -> None:
    with office(tmp_path) as on:
        opens(on, name=FIRST)
        mara = on.workspace.person("mara")
        forms = [_with_box_ticked(on, mara, number) for number in range(OPENINGS)]
        # when all are sent at once, and some arrive twice
        on.workspace.faults.delivered_twice("view_submission", times=20)
        while forms:
            answers = at_once(partial(mara.send_raw, form) for form in forms)
            # then each is answered within Slack's 3 s, or the workspace would show its own error
            assert [each.error for each in answers if each.error] == []
            # and who reads on a slow machine that the database is busy has the form, and presses again
            busy = [each for each in answers if each.errors]
            assert all("busy" in " ".join(each.errors.values()) for each in busy)
            assert len(busy) < len(answers), "nobody gets through"
            forms = [form for form, each in zip(forms, answers, strict=True) if each.errors]
        rows = on.bot.records.open_incidents()
        names = Counter(row.name for row in rows)
        assert names == Counter({FIRST: 1, **{f"Flood {number}": 1 for number in range(OPENINGS)}})
        # and each is on its way, once; that the worker does all of it is for other tests
        with on.bot.db.read() as conn:
            assert verify(conn).problems == ()
            for row in rows:
                assert tasks.get(conn, f"{row.id}/open-conversation") is not None
            assert conn.execute(select(func.count()).select_from(_openings())).scalar() == OPENINGS + 1


def _openings() -> Subquery:
    return select(task_table.c.n).where(task_table.c.kind == OPEN_CONVERSATION).subquery()


def _with_box_ticked(on: Stage, person: Person, number: int) -> dict[str, Any]:
    """What Slack sends for one more filled in form, of somebody who was asked and means another one."""
    modal = person.opened_by(person.command("ops-desk", "/ecomms", "start flood"))
    assert modal is not None
    person.fill(filled(f"Flood {number}"), modal)
    with on.workspace.lock:
        payload = interactions.submission(on.workspace, person.user, modal.view).payload
    ticked = {"type": "checkboxes", "selected_options": [{"value": "yes"}]}
    payload["view"]["state"]["values"]["another"] = {"value": ticked}
    return payload


def at_once(acts: Iterable[Callable[[], Answer]]) -> list[Answer]:
    """All in threads, as many at a time as a bounded crowd."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [each.result() for each in [pool.submit(act) for act in acts]]

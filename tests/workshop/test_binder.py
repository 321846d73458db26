"""The printed binder: everything of a playbook is in it, as people can fill it in by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ecomms_bot.playbook.channels import SIGN_CHARACTERS, SIGN_LINES
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.library import LoadedPlaybook, load_with_source, shipped_folder
from ecomms_bot.playbook.model import Playbook, Step
from ecomms_bot.settings import Office, Reachable
from ecomms_bot.workshop.binder import PAPERS, Printing, every, html, span, when
from tests.books import FLOOD_FILE

SHIPPED = sorted(path for path in shipped_folder().glob("*.yaml") if path.name != "basics.yaml")
NOON = Instant.of(datetime(2021, 11, 15, 20, 0, tzinfo=UTC), "America/Vancouver")
RAW = {
    "schema_version": 1,
    "id": "small",
    "title": "Small",
    "hazard": "any",
    "severities": {"S1": {"title": "High", "meaning": "Danger.", "cadence_minutes": 30}},
    "tiers": {"T1": {"title": "Facts", "use": "New facts.", "roles": ["sme", "pio"], "target_minutes": 90}},
    "fields": {
        "road": {
            "type": "text",
            "label": "Road",
            "hint": "As on signs.",
            "example": "Highway 7",
            "max_length": 28,
        },
        "level": {"type": "decimal", "label": "Level", "unit": "m", "example": "3.1", "required": False},
        "more": {
            "type": "long_text",
            "label": "More",
            "example": "Words.",
            "max_length": 600,
            "required": False,
        },
        "state": {
            "type": "choice",
            "label": "State",
            "example": "open",
            "choices": [
                {"value": "open", "label": "is open"},
                {"value": "closed", "label": "is closed", "sign": "CLOSED"},
            ],
        },
        "issuing_source": {"type": "text", "label": "Who speaks", "example": "City", "max_length": 20},
        "as_of": {"type": "datetime", "label": "Facts as of", "example": "2021-11-14T20:40:00-08:00"},
    },
    "phases": {
        "during": [
            {
                "id": "D1",
                "title": "Statement",
                "purpose": "Say it.",
                "audience": "drivers",
                "recurrence": "once",
                "channels": ["x", "sign"],
                "tier": "T1",
                "due_minutes": 15,
                "fields": ["road", "level", "more", "state"],
                "checklist": ["Call the crew."],
                "verify": ["A crew saw it."],
                "texts": {
                    "statement": {
                        "title": "Statement",
                        "promises": False,
                        "templates": {
                            "x": "{{ issuing_source }}, {{ as_of | time }}: {{ road }} {{ state }}."
                            "[[ {{ more }}]] {% if level %}River at {{ level }} m"
                            "{% else %}No level{% endif %}. {{ incident_name }}",
                            "sign": "{{ road | sign }}\n{{ state | sign }}\n\nSLOW DOWN",
                        },
                    }
                },
            }
        ]
    },
    "contacts": [
        {"who": "Radio room", "why": "reaches crews"},
        {"who": "Police", "why": "closes roads", "phone": "911"},
    ],
}
SMALL = Playbook.model_validate(RAW)  # less than a whole playbook, and enough for paper
OFFICE = Office(time_zone="America/Vancouver")


def printed(playbook: Playbook = SMALL, office: Office = OFFICE, *, exercise: bool = False) -> str:
    return html(Printing(playbook, "12345678" + 56 * "0", office, NOON, exercise=exercise))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as it is called
        self.hidden = tag == "style"
        if tag not in {"a", "b", "span"}:
            self.found.append(" ")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self.hidden = False

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(data)


def words(page: str) -> str:
    """What a person reads of a page, in one line."""
    parser = _Words()
    parser.feed(page)
    return " ".join("".join(parser.found).split())


def box(page: str, channel: str) -> str:
    """The first text for a channel."""
    return page.split(f'<p class="channel"><b>{channel}</b>', 1)[1].split('<p class="channel">', 1)[0]


@pytest.fixture(scope="module", params=SHIPPED, ids=lambda path: path.stem)
def shipped(request: pytest.FixtureRequest) -> LoadedPlaybook:
    path: Path = request.param
    return load_with_source(path)


def steps(playbook: Playbook) -> list[Step]:
    return [step for each in playbook.phases.values() for step in each]


# --- all of it ---


def test_every_playbook_that_ships_is_there_with_every_word_that_it_needs(shipped: LoadedPlaybook) -> None:
    playbook = shipped.playbook
    page = words(html(Printing(playbook, shipped.sha256, OFFICE, NOON)))
    for contact in playbook.contacts:
        assert contact.who in page
        assert contact.why in page
    for step in steps(playbook):
        assert f"{step.id} {step.title}" in page
        for said in (step.purpose, step.audience, *step.checklist, *step.verify):
            assert " ".join(said.split()) in page
        for text in step.texts.values():
            assert f"{text.title}: approved within" in page


def test_every_field_has_its_row_and_every_blank_is_that_of_a_row(shipped: LoadedPlaybook) -> None:
    page = html(Printing(shipped.playbook, shipped.sha256, OFFICE, NOON))
    for step in steps(shipped.playbook):
        sheet = unescape(page.split(f'id="step-{step.id}"', 1)[1].split("</article>", 1)[0])
        rows = dict(re.findall(r'<td class="number">(\d+)</td>\s*<td><b>([^<]+)</b>', sheet))
        assert {shipped.playbook.field(name).label for name in step.fields} <= set(rows.values())
        for number, label in re.findall(r'<span class="under">(\d+) ([^<]+)</span>', sheet):
            assert label.startswith(rows[number])


def test_no_sign_of_the_language_of_templates_is_left(shipped: LoadedPlaybook) -> None:
    for exercise in (False, True):
        page = html(Printing(shipped.playbook, shipped.sha256, OFFICE, NOON, exercise=exercise))
        read = words(page)
        assert [mark for mark in ("{{", "}}", "{%", "%}", "[[", "endif") if mark in read] == []


# --- what stands on its cover and first pages ---


def test_the_cover_says_which_playbook_and_version_and_when_it_was_printed() -> None:
    page = words(printed(office=Office(organisation="City of Merritt", time_zone="America/Vancouver")))
    assert "City of Merritt" in page
    assert "small, version 12345678" in page
    assert "Mon., Nov. 15, 2021, noon PST (America/Vancouver)" in page


def test_it_begins_with_the_six_rules_for_work_without_the_bot() -> None:
    page = printed()
    rules = words(page.split('<ol class="rules">', 1)[1].split("</ol>", 1)[0])
    assert page.split('<ol class="rules">', 1)[1].split("</ol>", 1)[0].count("<li>") == 6
    for said in ("Write it down", "Nothing goes out without approval", "reads it back", "is a promise"):
        assert said in rules


def test_the_offices_contacts_come_first_then_the_playbooks_then_empty_rows() -> None:
    office = Office(contacts=(Reachable(who="Duty manager", why="decides", phone="604-555-0100"),))
    table = printed(office=office).split('id="contacts"', 1)[1].split("</table>", 1)[0]
    rows = re.findall(r'<tr class="write">(.*?)</tr>', table, re.DOTALL)
    cells = [tuple(words(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)) for row in rows]
    assert cells[:3] == [
        ("Duty manager", "decides", "604-555-0100"),
        ("Radio room", "reaches crews", ""),
        ("Police", "closes roads", "911"),
    ]
    assert cells[3:] == [("", "", "")] * 6


def test_the_tiers_say_who_approves_and_how_soon_and_the_severities_how_often() -> None:
    page = words(printed())
    assert "T1 Facts New facts. subject expert (sme), public information officer (pio) 1 hour 30 min" in page
    assert "S1 High Danger. every 30 min" in page


# --- a step ---


def test_a_step_says_when_for_whom_by_whom_and_has_boxes_to_tick() -> None:
    page = words(printed())
    assert "Once, within 15 min" in page
    assert "T1 Facts: sme and pio, within 1 hour 30 min" in page
    assert "To do ☐ Call the crew." in page
    assert "Make sure before anything goes out ☐ A crew saw it." in page


def test_the_list_of_facts_says_unit_hint_example_choices_and_what_may_be_left_out() -> None:
    page = words(printed())
    assert "2 Road As on signs. Example: Highway 7" in page
    assert "3 Level (m) if known Example: 3.1" in page
    assert "5 State Example: is open circle one ○ is open ○ is closed" in page
    assert "6 Facts as of Example: Sun., Nov. 14, 8:40 p.m. PST" in page


def test_a_text_has_labelled_blanks_choices_to_circle_and_conditions_in_plain_words() -> None:
    assert words(box(printed(), "X")).endswith(
        "7 Who speaks, 6 Facts as of, time, zone: 2 Road (circle one: is open / is closed)."
        "[if you can: 4 More] [if “Level” is known: River at 3 Level, m m | if not: No level]."
        " 1 Name of the incident"
    )


def test_a_blank_for_a_long_text_has_several_lines() -> None:
    assert box(printed(), "X").count('class="gap wide"') + box(printed(), "X").count('class="gap last"') == 5


def test_what_the_office_always_says_is_printed_unless_the_playbook_has_no_room_for_it() -> None:
    short = box(printed(office=Office(organisation="Merritt")), "X")
    assert words(short.split("</p>", 1)[1]).startswith("Merritt, 6 Facts as of")
    long = box(printed(office=Office(organisation="City of Merritt and its districts")), "X")
    assert "7 Who speaks" in words(long)


def test_a_text_names_its_limit_and_ends_with_who_approved_and_where_it_went() -> None:
    page = words(printed())
    assert "X Up to 280 characters." in page
    assert "☐ approved: subject expert (sme)" in page
    assert "☐ approved: public information officer (pio)" in page
    assert "Posted Where, by whom Time ☐ X ☐ Road sign" in page


def test_a_road_sign_is_drawn_with_a_box_for_each_character() -> None:
    pages = re.findall(r'<table class="sign">(.*?)</table>', printed(), re.DOTALL)
    rows = [re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL) for page in pages]
    assert [len(each) for each in rows] == [SIGN_LINES, SIGN_LINES]
    assert {row.count("<td>") for each in rows for row in each} == {SIGN_CHARACTERS}
    # what is to be written stands beside; what is always said is printed
    assert [words(row) for row in rows[0]] == ["Road", "one of IS OPEN / CLOSED", ""]
    assert "".join(re.findall(r"<td>(.)</td>", rows[1][0])).strip() == "SLOW DOWN"


def test_a_text_in_another_language_says_so() -> None:
    step = SMALL.step("D1")
    french = step.main.model_copy(update={"templates": {"x": {"en": "Road", "fr": "Route {{ road }}"}}})
    step = step.model_copy(update={"texts": {"statement": french}})
    page = printed(SMALL.model_copy(update={"phases": {"during": (step,)}}))
    assert "X in French" in words(page)
    assert '<div class="words" lang="fr"' in page


# --- sheets at the end ---


def test_sheets_for_log_promises_and_handover_stand_at_the_end() -> None:
    page = words(printed())
    order = [page.rindex(f"Log sheet {n}") for n in (1, 2, 3, 4)] + [
        page.rindex("Promise sheet One line"),
        page.rindex("Handover sheet From, to"),
    ]
    assert order == sorted(order)


# --- exercise ---


def test_an_exercise_is_marked_on_every_page_and_in_every_text() -> None:
    page = printed(exercise=True)
    assert 'content: "EXERCISE' in page  # in the margin of each page
    assert '<div class="watermark" aria-hidden="true">EXERCISE</div>' in page
    text = words(box(page, "X").split("</p>", 1)[1])
    assert text.startswith("EXERCISE - ")
    assert text.endswith(" - EXERCISE")
    signs = re.findall(r'<table class="sign">(.*?)</table>', page, re.DOTALL)
    letters = ["".join(re.findall(r"<td>(.)</td>", sign)).strip() for sign in signs]
    assert letters == ["EXERCISE", "", "SLOW DOWN", "EXERCISE"]


def test_a_real_binder_bears_no_mark_of_an_exercise() -> None:
    page = printed()
    assert "EXERCISE" not in page
    assert "exercise" not in words(page).casefold()


# --- safe, and without network ---


def test_words_of_playbook_and_office_are_never_taken_for_html() -> None:
    evil = "</style><script>alert(1)</script>"
    step = SMALL.step("D1").model_copy(update={"title": evil, "checklist": (evil,)})
    playbook = SMALL.model_copy(update={"title": evil, "phases": {"during": (step,)}})
    page = printed(playbook, Office(organisation=evil, contacts=(Reachable(who=evil),)))
    assert "<script" not in page
    assert page.count("</style>") == 1
    assert words(page).count(evil) >= 6


def test_the_page_asks_the_network_for_nothing(shipped: LoadedPlaybook) -> None:
    page = html(Printing(shipped.playbook, shipped.sha256, OFFICE, NOON))
    assert re.findall(r"<(?:script|link|img|iframe|object|svg)\b", page) == []
    assert re.findall(r"\b(?:src|srcset)=|url\(|@import", page) == []
    assert {each[:1] for each in re.findall(r'href="([^"]*)"', page)} == {"#"}


def test_every_entry_of_the_contents_leads_somewhere(shipped: LoadedPlaybook) -> None:
    page = html(Printing(shipped.playbook, shipped.sha256, OFFICE, NOON))
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_paper_is_the_one_asked_for(paper: str) -> None:
    loaded = load_with_source(FLOOD_FILE)
    printing = Printing(loaded.playbook, loaded.sha256, OFFICE, NOON)
    page = html(replace(printing, paper="Letter" if paper == "Letter" else "A4"))
    assert f"size: {paper};" in page


# --- words ---


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "1 min"),
        (30, "30 min"),
        (60, "1 hour"),
        (150, "2 hours 30 min"),
        (1440, "1 day"),
        (20160, "14 days"),
    ],
)
def test_spans_are_told_in_the_largest_units(minutes: int, said: str) -> None:
    assert span(minutes) == said


def test_how_often_is_told_as_people_say_it() -> None:
    assert (every(60), every(180), every(1440)) == ("every hour", "every 3 hours", "every day")
    step = SMALL.step("D1")
    told = {
        "on-demand": "Whenever it is needed",
        "recurring": "Again and again, by severity: S1 every 30 min",
    }
    for recurrence, said in told.items():
        other = step.model_copy(update={"recurrence": recurrence, "due_minutes": None, "cadence": "severity"})
        assert when(SMALL, other) == said
    asked = step.model_copy(update={"recurrence": "on-demand"})
    assert when(SMALL, asked) == "Whenever it is needed, within 15 min"
    hourly = step.model_copy(update={"recurrence": "recurring", "cadence": 120})
    assert when(SMALL, hourly) == "Every 2 hours, first within 15 min"


def test_each_tier_says_who_may_go_past_it_when_it_cannot_wait() -> None:
    page = words(printed(load_with_source(shipped_folder() / "flood.yaml").playbook))
    assert "pio or ic, with a reason" in page
    assert "two people, each pio or ic, with a reason" in page
    assert "it waits all the same" in page

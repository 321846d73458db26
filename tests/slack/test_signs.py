"""Road signs in everything that people see: pages that are copied as they are, and what is said of them."""

from __future__ import annotations

from typing import Any

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import Receipt
from ecomms_bot.playbook.library import load_with_source
from ecomms_bot.slack import forms, step_forms
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.cards.card import card
from ecomms_bot.slack.composing import compose
from ecomms_bot.slack.message import Block, Message
from ecomms_bot.slack.writing import Writing, preview
from tests.books import FOLDER
from tests.slack.life import COMMUNICATOR, Life
from tests.slack.looks import copied, words

ROADS = load_with_source(FOLDER / "signs" / "roads.yaml")
FACTS: dict[str, Any] = {"cause": "slide", "sign_place": "Hwy 7 at Hope", "detour": "Highway 1"}
PAGES = "MUDSLIDE\nHWY 7 AT HOPE\nROAD CLOSED\n\nUSE OTHER ROUTE\nSEE HIGHWAY 1"


def life(*, exercise: bool = False) -> Life:
    return Life(raw=ROADS.raw, exercise=exercise)


def approved(step: str = "R1", *, exercise: bool = False, **facts: Any) -> Life:
    found = life(exercise=exercise)
    found.submit(step, **{**FACTS, **facts})
    found.minutes(3)
    found.approve_all(step)
    return found


def handed_out(of: Life, step: str = "R1") -> Message:
    return render(f"publish:{of.draft(step).id}:1", of.view)


def previewed(of: Life, **facts: Any) -> forms.View:
    """The preview of the closure with these facts."""
    writing = Writing(of.state.id, "d1", "R1", "statement")
    values = of.values("R1", "statement", 60, {**FACTS, **facts})
    found = compose(of.state, writing, values, of.now)
    return preview(
        *(of.state, writing, found.texts, found.sha256, found.findings), tier="T0", seen=None, extra={}
    )


def lines_of(view: forms.View) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]


# --- written and read ---


def test_the_preview_counts_pages_and_the_longest_line() -> None:
    (line,) = [each for each in lines_of(previewed(life())) if "Road sign" in each]
    assert line == (
        "*Road sign* 2 / 2 pages (longest line 15 / 18 characters). An empty line begins the next page."
    )


def test_in_an_exercise_the_preview_counts_its_pages_apart() -> None:
    (line,) = [each for each in lines_of(previewed(life(exercise=True))) if "Road sign" in each]
    assert "2 / 2 pages (2 more for the exercise, longest line 15 / 18 characters)" in line


def test_a_line_that_is_too_long_is_named_and_takes_submit_away() -> None:
    view = previewed(life(), sign_place="Highway 7 east of Hope")
    assert "submit" not in view
    assert (
        ":no_entry: *Must be changed* Road sign: “HIGHWAY 7 EAST OF HOPE” has 22 characters; "
        "a line of a sign holds 18.\nShorten a field or leave out an optional part."
    ) in lines_of(view)


def test_a_page_that_was_dropped_leaves_one() -> None:
    lines = lines_of(previewed(life(), detour=None))
    assert "*Road sign* 1 / 2 pages (longest line 13 / 18 characters)" in lines


def test_the_web_text_is_read_aloud_and_not_the_sign() -> None:
    of = life()
    draft = of.submit("R1", **FACTS)
    said = render(f"review:{draft.id}:1", of.view).text
    assert "On Web it says: B.C. Ministry of Transportation" in said
    assert "MUDSLIDE" not in said


def test_a_sign_is_read_aloud_where_nothing_else_is_public_page_by_page() -> None:
    of = life(exercise=True)
    of.do(COMMUNICATOR, c.StartStep("R2"))
    draft = of.submit("R2", **FACTS)
    said = render(f"review:{draft.id}:1", of.view).text
    assert "On a road sign it says: LANE CLOSED HWY 7 AT HOPE. SLOW DOWN" in said


# --- handed out and marked ---


def test_the_pages_are_copied_as_they_are_with_the_empty_line_between_them() -> None:
    assert PAGES in copied(handed_out(approved()))


def test_in_an_exercise_a_page_before_and_one_after_say_so() -> None:
    assert f"EXERCISE\n\n{PAGES}\n\nEXERCISE" in copied(handed_out(approved(exercise=True)))


def mark_form(of: Life) -> list[Block]:
    draft = of.draft("R1")
    blocks: list[Block] = forms.mark_form(of.state, draft, draft.current, of.now)["blocks"]
    return blocks


def test_marking_asks_which_sign_and_where_it_stands() -> None:
    asked = {block["block_id"]: block for block in mark_form(approved()) if block["type"] == "input"}
    assert asked["proof-sign"]["label"]["text"] == "Number or place of each road sign"
    assert asked["proof-sign"]["hint"]["text"] == "Such as: sign 12, Highway 1 at Hope, eastbound."
    assert asked["proof-web"]["label"]["text"] == "Link or other proof, Web"


def marked(*channels: str, proof: str = "sign 12 at Hope") -> tuple[Life, str]:
    of = approved()
    draft = of.draft("R1")
    receipts = tuple(Receipt(channel=each, attested_at=of.now, proof=proof) for each in channels)
    of.do(COMMUNICATOR, c.MarkPublished(draft.id, 1, receipts))
    return of, words(render(f"receipt:{draft.id}:{of.draft('R1').marks[-1].seq}", of.view))


def test_the_receipt_names_the_sign_and_what_is_still_to_do() -> None:
    _, said = marked("sign")
    assert "Published on Road sign" in said
    assert "Road sign: sign 12 at Hope" in said
    assert "Web and Internal still to do." in said


def test_the_card_names_no_sign_as_the_place_of_a_promise_since_none_prints_it() -> None:
    of, _ = marked("sign")
    assert "in the text on" not in words(card(of.view))
    of, _ = marked("sign", "web")
    assert "in the text on Web" in words(card(of.view))


def test_correcting_the_receipt_of_a_sign_asks_for_its_number() -> None:
    of, _ = marked("sign")
    draft = of.draft("R1")
    form = step_forms.correct_form(of.state, draft, draft.current)
    (asked,) = [block for block in form["blocks"] if block.get("block_id") == "proof"]
    assert asked["label"]["text"] == "Link, number or place of a sign, or other proof"


# --- beside other texts ---


def test_a_new_revision_says_that_the_sign_changed() -> None:
    of = life()
    of.submit("R1", **FACTS)
    draft = of.submit("R1", **{**FACTS, "sign_place": "Hwy 7 at Agassiz"})
    said = words(render(f"review:{draft.id}:2", of.view))
    assert (
        "Changed since revision 1: Place, as on the signs. In the texts on Road sign, Web and Internal."
        in said
    )

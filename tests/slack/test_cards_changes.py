"""What changed, word for word, above the texts of a review: [struck], {bold}, (in italics) the channel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ecomms_bot.incident.state import Draft
from ecomms_bot.playbook.exercise import mark
from ecomms_bot.slack.blocks import MESSAGE_MAX, size
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.cards.changes import Told, changes, differences
from ecomms_bot.slack.cards.differences import compared, drawn, spoken_lines
from ecomms_bot.slack.message import Message
from ecomms_bot.slack.text import spoken
from tests.slack.life import Life, bent
from tests.slack.looks import copied, words
from tests.slack.test_cards_limits import refused

SIGNS = {"strike": ("[", "]"), "bold": ("{", "}"), "italic": ("(", ")")}
ROOM = 3000


def review(life: Life, draft: Draft) -> Message:
    return render(f"review:{draft.id}:{draft.current.number}", life.view)


def shown(message: Message) -> list[str]:
    """The lines of the words that changed, each word with its style."""
    parts = [part for block in message.blocks if block["type"] == "rich_text" for part in block["elements"]]
    return [line for part in parts for line in in_lines(part)]


def in_lines(part: dict[str, Any]) -> Iterator[str]:
    if part["type"] == "rich_text_list":
        for item in part["elements"]:
            yield from in_lines(item)
    if part["type"] == "rich_text_section":
        yield "".join(styled(run) for run in part["elements"])


def styled(run: dict[str, Any]) -> str:
    before, after = SIGNS[next(iter(run["style"]))] if "style" in run else ("", "")
    return f"{before}{run['text']}{after}"


def listed(before: dict[str, str], after: dict[str, str], room: int = ROOM) -> list[str]:
    """The lines for texts in one language."""
    one, two = ({channel: {"en": text} for channel, text in texts.items()} for texts in (before, after))
    return [line for part in drawn(compared(one, two), room) for line in in_lines(part)]


def aloud(before: dict[str, str], after: dict[str, str]) -> list[str]:
    one, two = ({channel: {"en": text} for channel, text in texts.items()} for texts in (before, after))
    return [spoken(each) for each in spoken_lines(compared(one, two))]


CLOSED, PARTLY = (
    f"Highway 7 {state} both ways, Agassiz to Hope." for state in ("is closed", "is partly closed")
)


# --- one line for each channel ------------------------------------------------------------------------------


def test_words_that_are_gone_are_struck_and_words_that_came_are_bold() -> None:
    assert listed({"x": PARTLY}, {"x": CLOSED}) == [
        "(X:) Highway 7 is [partly] closed both ways, Agassiz to …"
    ]
    assert listed({"x": "80 cars."}, {"x": "140 cars."}) == ["(X:) [80] {140} cars."]


def test_what_changed_word_for_word_the_same_is_said_once() -> None:
    more = "We know more. " * 5
    assert listed(
        {"x": PARTLY, "sms": PARTLY, "web": more + PARTLY}, {"x": CLOSED, "sms": CLOSED, "web": more + CLOSED}
    ) == ["(X, and the same on SMS and Web:) Highway 7 is [partly] closed both ways, Agassiz to …"]


def test_what_changed_besides_is_all_that_the_next_channel_shows() -> None:
    after = "Crews work through the night, and nobody knows when it opens. "
    assert listed(
        {"x": "80 cars.", "web": f"80 cars. {after}Wait."},
        {"x": "140 cars.", "web": f"140 cars. {after}Turn back."},
    ) == [
        "(X:) [80] {140} cars.",
        "(Web, besides what changed on X:) … nobody knows when it opens. [Wait] {Turn back}.",
    ]


def test_where_hardly_a_word_stayed_or_none_can_be_seen_a_line_says_so() -> None:
    assert listed(
        {"x": "It is  open.", "sms": "It is\nopen.", "web": "One thing. " * 30, "internal": "Go."},
        {"x": "It is open.", "sms": "It is open.", "web": "Other words here. " * 30, "internal": "Stay."},
    ) == [
        "(Internal:) [Go] {Stay}.",
        "(X and SMS:) only spaces, line breaks or signs that cannot be seen.",
        "(Web:) much changed; read the whole text.",
    ]


def test_spaces_that_changed_too_are_told_beside_the_words() -> None:
    assert listed({"x": "It  is very wide open."}, {"x": "It is very wide closed."}) == [
        "(X:) It is very wide [open] {closed}. And spaces or line breaks."
    ]


def test_a_channel_more_or_less_is_told() -> None:
    assert listed({"x": "Go.", "sms": "Go."}, {"sms": "Go.", "web": "Go."}) == [
        "(X:) no text any more.",
        "(Web:) a new text.",
    ]


def test_each_language_is_told_by_its_name() -> None:
    before = {"web": {"en": "It is open.", "fr": "C'est ouvert."}}
    after = {"web": {"en": "It is open.", "fr": "C'est ferm\u00e9."}}
    (part,) = drawn(compared(before, after), ROOM)
    assert list(in_lines(part)) == ["(Web (fr):) C'est [ouvert] {ferm\u00e9}."]


def test_of_many_places_the_first_are_shown_and_the_others_counted() -> None:
    crews = "and crews look at it again before the night, when it may freeze there"
    old = "".join(f"Bridge {n} is open, {crews}. " for n in range(9))
    (line,) = listed({"web": old}, {"web": old.replace("open", "closed")})
    assert line.count("[open] {closed}") == 4
    assert line.endswith(" … And 5 more places.")


def test_channels_that_have_no_room_are_named() -> None:
    before = {"x": "Go.", "sms": "Wait here.", "web": "Look at the road. " * 2}
    after = {"x": "Stay.", "sms": "Turn back now.", "web": "Look at the bridge. " * 2}
    assert listed(before, after, 175)[1:] == ["Also changed on SMS and Web."]
    assert listed(before, after, 40) == ["Changed on X, SMS and Web."]
    assert listed(before, after, 20) == []


@pytest.mark.parametrize("room", range(0, 1200, 50))
def test_the_list_never_takes_more_room_than_it_is_given(room: int) -> None:
    before = {each: f"{each} a&b <c> " * 40 for each in ("x", "sms", "sign", "web", "internal")}
    after = {each: f"{each} a&b <d> " * 40 for each in before}
    one, two = ({channel: {"en": text} for channel, text in texts.items()} for texts in (before, after))
    assert size(drawn(compared(one, two), room)) <= room


# --- read aloud ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (PARTLY, CLOSED, "“is partly closed” became “is closed”"),
        ("80 cars wait.", "140 cars wait.", "“80 cars” became “140 cars”"),
        ("", "Go.", "“Go.” was added"),
        ("Go.", "", "“Go.” was taken out"),
        ("Go  on.", "Go on.", "only spaces, line breaks or signs that cannot be seen"),
        ("<!here> go", "<!there> go", "“here” became “there”"),
    ],
)
def test_read_aloud_words_become_others(before: str, after: str, said: str) -> None:
    assert aloud({"x": before}, {"x": after}) == [f"On X: {said}."]


def test_read_aloud_are_three_changes_on_each_of_three_channels() -> None:
    many = [f"The {word} bridge is open, and crews look at it in the night." for word in "abcde"]
    more = [each.replace("bridge", f"bridge {number}") for number, each in enumerate(many)]
    before = {"x": "Go a.", "sms": " ".join(many), "sign": "GO C", "web": "Go d.", "internal": "Go e."}
    after = {"x": "Stay a.", "sms": " ".join(more), "sign": "OFF C", "web": "Come d.", "internal": "Run e."}
    assert aloud(before, after) == [
        "On X: “Go” became “Stay”.",
        (
            "On SMS: “bridge is” became “bridge 0 is”; “bridge is” became “bridge 1 is”; "
            "“bridge is” became “bridge 2 is”; and 2 more changes."
        ),
        "On Road sign: “GO” became “OFF”.",
        "Also changed on Web and Internal.",
    ]


# --- in the review ------------------------------------------------------------------------------------------


def test_a_second_revision_shows_the_words_that_changed_before_the_texts() -> None:
    life = Life()
    life.submit("D1")
    life.minutes(3)

    message = review(life, life.submit("D1", area_description="just west of Hope"))

    assert shown(message) == [
        (
            "(X, and the same on SMS, Web and Internal:)"
            " … Ministry of Transportation, [7:58] {8:01} p.m. PST. Mudslides: Highway 7, "
            "[between Agassiz and] {just west of} Hope. Keep away from the …"
            " Next update by Sun., Nov. 14, [9] {9:03} p.m. PST. …"
        )
    ]
    kinds = [block["elements"][0]["type"] for block in message.blocks if block["type"] == "rich_text"]
    assert kinds == ["rich_text_list", *["rich_text_preformatted"] * 4]
    assert (
        "On X, and the same on SMS, Web and Internal: “7:58 p.m.” became “8:01 p.m.”; "
        "“between Agassiz and” became “just west of”; “9 p.m.” became “9:03 p.m.”." in message.text
    )


def test_the_words_that_changed_are_shown_as_long_as_it_waits_and_no_longer() -> None:
    life = Life()
    life.submit("D1")
    draft = life.submit("D1", area_description="just west of Hope")
    life.approve_all("D1")
    assert shown(review(life, life.draft(draft.step))) == []


def test_if_only_the_times_changed_one_line_tells_them() -> None:
    life = Life()
    life.submit("D1", next_update=10)
    life.minutes(15)

    draft = life.submit("D1")

    assert shown(review(life, draft)) == []
    assert (
        "Changed since revision 1: only the times. Facts as of: 8:13 p.m. PST (was 7:58 p.m. PST). "
        "Next update by: 9:15 p.m. PST (was 8:10 p.m. PST)."
    ) in words(review(life, draft))


def test_times_of_another_day_are_told_with_it() -> None:
    life = Life()
    life.submit("D1", next_update=180)
    life.minutes(1)

    draft = life.submit("D1", next_update=270)

    said = "Next update by: Mon., Nov. 15, 12:31 a.m. PST (was Sun., Nov. 14, 11 p.m. PST)."
    assert said in words(review(life, draft))


def test_if_more_than_the_times_changed_in_the_texts_the_words_are_shown() -> None:
    # Given nothing but the times changed in the facts, and yet a sentence was left out
    life = Life()
    life.submit("D1")
    life.minutes(5)
    draft = life.submit("D1")
    texts = {"x": {"en": draft.revisions[0].texts["x"]["en"].replace(" Keep away from the area.", "")}}
    shorter = replace(draft, revisions=(draft.revisions[0], replace(draft.current, texts=texts)))

    (said,) = changes(life.view, shorter, shorter.current)
    (block,) = differences(life.view, shorter, shorter.current, ROOM).blocks

    assert "only the times" not in spoken(said)
    (first, second) = [line for part in block["elements"] for line in in_lines(part)]
    assert "[Keep away from the area.] Not yet known" in first
    assert second == "(SMS, Web and Internal:) no text any more."


def test_the_marks_of_an_exercise_are_no_change() -> None:
    texts = {"x": {"en": "Go."}, "sign": {"en": "GO"}}
    marked = {each: {"en": mark(text["en"], each)} for each, text in texts.items()}
    assert compared(texts, marked) == ()

    life = Life(exercise=True)
    life.submit("D1")
    life.minutes(3)
    (line,) = shown(review(life, life.submit("D1", area_description="just west of Hope")))
    assert "EXERCISE" not in line


def test_what_people_typed_stands_there_as_they_typed_it() -> None:
    typed = "<!channel> *b* ~s~ &amp;"
    (line,) = listed({"x": f"Go {typed} now"}, {"x": f"Stay {typed} here"})
    assert line == f"(X:) [Go] {{Stay}} {typed} [now] {{here}}"
    life = Life()
    life.submit("D1")
    message = review(life, life.submit("D1", area_description="<!channel> Hope"))
    assert "<!channel>" not in message.text
    assert any("{<!channel>}" in line for line in shown(message))


def test_words_that_were_redacted_are_not_told() -> None:
    life = Life()
    life.submit("D1")
    draft = life.submit("D1", area_description="just west of Hope")
    first, second = draft.revisions
    for revisions in ((replace(first, texts={}), second), (first, replace(second, texts={}))):
        blanked = replace(draft, revisions=revisions)
        assert not list(changes(life.view, blanked, blanked.current))
        assert differences(life.view, blanked, blanked.current, ROOM) == Told()


# --- since what is out --------------------------------------------------------------------------------------


def an_update_is_out(life: Life) -> None:
    life.published("D1")
    life.submit("D4", "update")
    life.approve_all("D4")
    life.minutes(2)
    life.mark("D4", "x", "web", "internal")
    life.minutes(50)


NEW_SINCE = "New since the text published on Sun 14 Nov, 20:07 PST:"


def test_an_update_shows_what_is_new_for_those_who_read_the_last_one() -> None:
    life = Life()
    an_update_is_out(life)

    message = review(life, life.submit("D4", "update", news="All drivers are out."))

    # Then on the channels where the public has it, and not on SMS, where it never was
    heading, line = shown(message)
    assert heading == f"{NEW_SINCE} What is new, Facts as of and Next update by."
    assert line.startswith("(X, and the same on Web:) … Ministry of Transportation, [8:03] {8:55} p.m. PST.")
    assert "[Rescue teams are with the trapped drivers] {All drivers are out}. Use another route." in line
    assert f"{NEW_SINCE} What is new" in message.text


def test_a_second_revision_of_an_update_shows_both() -> None:
    life = Life()
    an_update_is_out(life)
    life.submit("D4", "update", news="All drivers are out.")
    lines = shown(review(life, life.submit("D4", "update", news="All drivers are safe.")))
    assert lines[0].startswith("(X, and the same on SMS, Web and Internal:)")
    assert "[out] {safe}" in lines[0]
    assert lines[1].startswith(NEW_SINCE)
    assert "{All drivers are safe}" in lines[2]


def test_with_new_times_only_the_line_about_the_last_text_says_so() -> None:
    life = Life()
    an_update_is_out(life)
    assert shown(review(life, life.submit("D4", "update"))) == [
        (
            f"{NEW_SINCE} only the times. Facts as of: 8:55 p.m. PST (was 8:03 p.m. PST). "
            "Next update by: 9:57 p.m. PST (was 9:05 p.m. PST)."
        )
    ]


def test_in_an_exercise_the_last_text_was_played() -> None:
    life = Life(exercise=True)
    an_update_is_out(life)
    (line, _) = shown(review(life, life.submit("D4", "update", news="All drivers are out.")))
    assert line.startswith("New since the text played on Sun 14 Nov")


def test_of_another_kind_of_text_no_facts_are_compared() -> None:
    life = Life()
    an_update_is_out(life)
    message = review(life, life.submit("D4", "final", next_update=None, no_promise_reason="It is open."))
    assert shown(message)[0] == f"{NEW_SINCE} its words."


def test_the_first_text_of_a_step_has_no_last_one() -> None:
    life = Life()
    life.published("D1")
    assert shown(review(life, life.submit("D4", "update"))) == []


def test_the_same_words_again_are_called_so() -> None:
    life = Life()
    an_update_is_out(life)
    draft = life.submit("D4", "update")
    out = life.state.drafts[life.state.steps["D4"].drafts[0]].current
    again = replace(draft, revisions=(replace(draft.current, texts=out.texts, values={}),))
    (said,) = differences(life.view, again, again.current, ROOM).said
    assert spoken(said) == f"{NEW_SINCE} nothing, it is the same text."


def test_a_text_that_was_redacted_is_not_compared_with() -> None:
    life = Life()
    an_update_is_out(life)
    draft = life.submit("D4", "update", news="All drivers are out.")
    first = life.state.drafts[life.state.steps["D4"].drafts[0]]
    blanked = replace(first, revisions=(replace(first.current, texts={}),))
    view = replace(life.view, state=replace(life.state, drafts={**life.state.drafts, first.id: blanked}))
    assert differences(view, draft, draft.current, ROOM) == Told()


def test_the_revision_before_is_not_compared_with_twice() -> None:
    # Given a text that was out, and then found not to be out
    life = Life()
    life.submit("D1")
    life.approve_all("D1")
    life.mark("D1", "x")
    draft = life.draft("D1")
    second = replace(draft.current, number=2, texts={"x": {"en": "Go."}}, text_sha256="", receipts={})
    both = replace(draft, revisions=(draft.current, second))
    (said,) = differences(life.view, both, second, ROOM).said[:1]
    assert not any("New since" in spoken(each) for each in differences(life.view, both, second, ROOM).said)
    assert spoken(said).startswith("On X:")


# --- room ---------------------------------------------------------------------------------------------------


def wordy(raw: dict[str, Any]) -> None:
    """Texts of many blocks, in which the place is named again and again."""
    for text in raw["phases"]["during"][0]["texts"].values():
        for number, channel in enumerate(("web", "internal")):
            more = (
                f"\n\nWe know of {number} {{{{ area_description }}}}, and we tell you more of it by and by."
                * 45
            )
            text["templates"][channel] += more


@pytest.mark.parametrize("exercise", [False, True])
def test_where_the_texts_go_never_follows_from_what_changed(*, exercise: bool) -> None:
    # Given texts that just fit into one message, and as much said around them as there can be
    life = Life(raw=bent(wordy), exercise=exercise)
    life.submit("D1")
    life.ask_for_changes("D1", "&" * 3000)

    message = review(life, life.submit("D1", area_description="& just & west & of & Hope"))

    assert len(shown(message)) > 0
    assert not message.replies
    assert sum(map(len, copied(message))) > 8000
    assert not refused(message)
    assert size(message.blocks) <= MESSAGE_MAX


@pytest.mark.parametrize("room", range(0, 700, 20))
def test_what_is_new_is_told_in_the_room_there_is_or_not_at_all(room: int) -> None:
    life = Life()
    an_update_is_out(life)
    life.submit("D4", "update", news="All drivers are out.")
    draft = life.submit("D4", "update", news="All drivers are safe.")
    told = differences(life.view, draft, draft.current, room)
    assert size(told.blocks) <= room
    assert told.said


def test_texts_that_changed_without_their_facts_are_named() -> None:
    life = Life()
    draft = life.submit("D1")
    second = replace(draft.current, number=2, texts={**draft.current.texts, "x": {"en": "Go."}})
    both = replace(draft, revisions=(draft.current, second))
    (said,) = changes(life.view, both, second)
    assert spoken(said) == "Changed since revision 1: the texts on X."

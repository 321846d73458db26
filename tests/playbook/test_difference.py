"""What changed between two wordings, as a person would mark it: [struck] words are gone, {bold} ones new."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomms_bot.playbook import difference as module
from ecomms_bot.playbook.difference import Change, Place, difference

SIGNS = {"same": "", "gone": "[]", "new": "{}", "cut": "…"}


def marked(place: Place) -> str:
    return "".join(f"{SIGNS[each.kind][:1]}{each.text}{SIGNS[each.kind][1:]}" for each in place)


def drawn(old: str, new: str) -> list[str]:
    return [marked(place) for place in difference(old, new).places()]


LONG = "The road crew works through the night and looks at each culvert between the two towns. "


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        pytest.param(
            "Highway 7 is partly closed both ways, Agassiz to Hope.",
            "Highway 7 is closed both ways, Agassiz to Hope.",
            "Highway 7 is [partly ]closed both ways, Agassiz to…",
            id="a word less",
        ),
        pytest.param("Do drive.", "Do not drive.", "Do {not }drive.", id="a word more"),
        pytest.param(
            "As of 9:40 p.m. PST it is closed.",
            "As of 10:10 p.m. PST it is closed.",
            "As of [9:40]{10:10} p.m. PST it is closed.",
            id="a time is one word",
        ),
        pytest.param(
            "Next update by Sun., Nov. 14, 11:30 p.m. PST.",
            "Next update by Mon., Nov. 15, 12:10 a.m. PST.",
            "Next update by [Sun., Nov. 14, 11:30 p.m.]{Mon., Nov. 15, 12:10 a.m.} PST.",
            id="few equal words do not tear a change apart",
        ),
        pytest.param(
            "Look at https://www.example.org/a7. Stay safe.",
            "Look at https://www.example.org/a9. Stay safe.",
            "Look at [https://www.example.org/a7]{https://www.example.org/a9}. Stay safe.",
            id="an address is one word, without the full stop after it",
        ),
        pytest.param(
            "No vehicles over 14,500 kg.",
            "No vehicles over 1,450 kg.",
            "No vehicles over [14,500]{1,450} kg.",
            id="a number is one word",
        ),
        pytest.param(
            "between Agassiz and Hope. Wait.",
            "just west of Hope. Wait.",
            "[between Agassiz and]{just west of} Hope. Wait.",
            id="words for words",
        ),
        pytest.param("Go to Hope. Wait", "Go to Hope, Wait", "Go to [Hope.]{Hope,} Wait", id="a sign"),
        pytest.param("«Wait", "»Wait", "[«Wait]{»Wait}", id="a sign before the first word"),
        pytest.param("!", "?", "[!]{?}", id="signs without any word"),
        pytest.param(
            "Rescue teams are with the trapped drivers. More soon.",
            "All drivers are out and the road is being cleared. More soon.",
            "[Rescue teams are with the trapped drivers]"
            "{All drivers are out and the road is being cleared}. More soon.",
            id="a sentence in place of another",
        ),
        pytest.param("公路7號關閉。", "公路1號關閉。", "公路[7]{1}號關閉。", id="a script without spaces"),
        pytest.param("", "It is open.", "{It is open.}", id="a text where there was none"),
        pytest.param("It is open.", "", "[It is open.]", id="no text any more"),
        pytest.param(
            f"{LONG}It is closed. {LONG}",
            f"{LONG}It is open. {LONG}",
            "…between the two towns. It is [closed]{open}. The road crew works through…",
            id="what stands far from it is left out",
        ),
        pytest.param(
            "Go. " + LONG.strip(),
            "Go.",
            "Go.[ The road crew works through the night]…[at each culvert between the two towns.]",
            id="of many words that are gone both ends are shown",
        ),
        pytest.param(
            "a" * 100 + " is it.",
            "b" * 300 + " is it.",
            f"[{'a' * 30}]…[{'a' * 30}]{{{'b' * 60}}}…{{{'b' * 60}}} is it.",
            id="an endless word is cut where it must be",
        ),
    ],
)
def test_the_words_that_changed_are_shown_with_a_few_around_them(old: str, new: str, shown: str) -> None:
    assert drawn(old, new) == [shown]


def test_what_stands_far_apart_is_shown_as_separate_places() -> None:
    assert drawn(f"80 cars wait. {LONG}Use 1 lane.", f"140 cars wait. {LONG}Use 2 lanes.") == [
        "[80]{140} cars wait. The road crew…",
        "…between the two towns. Use [1 lane]{2 lanes}.",
    ]


def test_many_changes_in_a_row_are_divided_into_places_that_fit_a_screen() -> None:
    old, new = (
        "".join(f"The long name {word}{n} is read. " for n in range(40)) for word in ("here", "there")
    )
    places = drawn(old, new)
    assert "".join(places).count("[") == 40
    assert all(len(place) < 2 * module.PLACE_MAX for place in places)
    assert len(places) > 3


# --- changes that one does not see --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("It is  open", "It is open"),
        ("It is open", "It is open\n"),
        (" It is open", "It is open"),
        ("It is open", "It\nis\u00a0open"),
        ("It is\u200b open", "It is open"),
        ("caf\u00e9", "cafe\u0301"),
        (" ", ""),
        ("Hope\u200e", "Hope"),
    ],
)
def test_spaces_and_what_has_no_width_count_but_are_no_place(old: str, new: str) -> None:
    found = difference(old, new)
    assert found
    assert (found.places(), found.unseen) == ((), True)


def test_spaces_that_came_with_a_word_are_part_of_its_change() -> None:
    assert not difference("It is open", "It is now open").unseen
    assert not difference("It is open.", "It is open.\n\nDrive slowly.").unseen
    assert difference("It is  wide open", "It is wide closed").unseen


# --- the same change elsewhere ------------------------------------------------------------------------------


def test_a_change_is_known_again_on_another_channel() -> None:
    one = difference("80 cars wait in Hope.", "140 cars wait in Hope.")
    other = difference(f"We hear of 80 cars. {LONG}Stay.", f"We hear of 140 cars. {LONG}Go.")
    assert one.changes == (Change("80 cars", "140 cars"),)
    assert other.changes == (Change("80 cars", "140 cars"), Change("Stay", "Go"))
    assert [marked(place) for place in other.places(known=one.changes)] == [
        "…between the two towns. [Stay]{Go}."
    ]


def test_a_number_is_told_with_what_it_counts() -> None:
    assert difference("At 80 km/h", "At 140 km/h").changes == (Change("80 km", "140 km"),)
    assert difference("It costs $5.", "It costs $6.").changes == (Change("$5", "$6"),)
    assert difference("80", "140").changes == (Change("80", "140"),)


def test_a_word_that_came_or_went_is_told_with_its_neighbours() -> None:
    (one,) = difference("Do not drive there.", "Do drive there.").changes
    (other,) = difference("It is not closed.", "It is closed.").changes
    assert (one, other) == (Change("Do not drive", "Do drive"), Change("is not closed", "is closed"))
    assert difference("Drive", "Do not drive\n  now").changes == (Change("Drive", "Do not drive now"),)
    assert difference("", "Go").changes == (Change("", "Go"),)


# --- long texts ---------------------------------------------------------------------------------------------

SENTENCES = [
    f"Sentence {n} says that bridge {n * 7 % 31} over creek {n * 11 % 37} is open. " for n in range(280)
]


def test_in_a_long_text_what_changed_here_and_there_is_found() -> None:
    old = list(SENTENCES)
    old[3] = "The first one was another. "
    old[270] = "Sentence 270 says that bridge 0 over creek 10 is closed. "
    assert len("".join(old)) > 15_000
    first = "[The first one was another]{Sentence 3 says that bridge 21 over creek 33 is open}"
    assert drawn("".join(old), "".join(SENTENCES)) == [
        f"…14 over creek 22 is open. {first}. Sentence 4 says that bridge…",
        "…Sentence 270 says that bridge [0]{30} over creek 10 is [closed]{open}. Sentence 271 says that…",
    ]


def test_two_texts_with_little_in_common_are_much_changed() -> None:
    assert difference(LONG * 4, "Something else was written here by somebody else. " * 8).much
    assert not difference(LONG * 4, LONG * 3 + "Something else was written here.").much
    assert not difference("All is well.", "Nothing works here").much


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("x " * 10_000, "y x" + " x" * 9_000 + " z", id="one word again and again"),
        pytest.param("a. " * 6_000, "b. a. " * 3_000, id="sentences of one word"),
        pytest.param(
            "x. " + "here. " * 250 + "long " * 3_000 + "end. a",
            "y. " + "there. " * 250 + "wide " * 3_000 + "end. b",
            id="a sentence too long to compare",
        ),
    ],
)
def test_past_a_bound_words_are_not_compared_and_it_is_one_great_change(old: str, new: str) -> None:
    (place,) = difference(old, new).places()
    assert len(marked(place)) < module.PLACE_MAX


# --- whatever the texts -------------------------------------------------------------------------------------

words = st.lists(
    st.sampled_from(["closed", "open", "Hope", "7", "9:40", "p.m.", ".", ",", " ", "  ", "\n\n", "é", "路"])
).map(" ".join)
texts = words | st.text() | st.text(alphabet="ab .\n\u200b")


@given(texts, texts)
def test_without_the_struck_words_what_is_shown_stands_in_the_new_text_in_this_order(
    old: str, new: str
) -> None:
    at = 0
    for stretch in stretches(difference(old, new).places()):
        now = "".join(each.text for each in stretch if each.kind != "gone")
        at = new.find(now, max(0, at - module.AROUND))
        assert at >= 0


def stretches(places: Iterable[Place]) -> Iterator[Place]:
    """The places, divided where words are left out."""
    for place in places:
        stretch: Place = ()
        for part in place:
            if part.kind == "cut":
                yield stretch
                stretch = ()
            else:
                stretch = (*stretch, part)
        yield stretch


@given(texts, texts)
def test_with_every_change_taken_back_the_new_text_is_the_old_one_again(old: str, new: str) -> None:
    found = difference(old, new)
    at, before = 0, ""
    for edit in found.edits:
        before += new[at : edit.start] + edit.gone
        at = edit.end
    before += new[at:]
    assert before == old or (found.unseen and seen(before) == seen(old))


def seen(text: str) -> str:
    """What a reader can see of a text."""
    return "".join(each for each in unicodedata.normalize("NFC", text) if each.isprintable()).replace(" ", "")


@given(texts, texts)
def test_only_equal_texts_have_no_difference(old: str, new: str) -> None:
    assert not difference(old, old)
    assert not difference(old, old).much
    assert bool(difference(old, new)) == (old != new)


@given(st.text(max_size=400), st.text(max_size=400))
def test_a_place_never_grows_beyond_its_bound(old: str, new: str) -> None:
    for place in difference(old, new).places():
        assert sum(len(each.text) for each in place) <= module.PLACE_MAX + 2 * module.AROUND

"""What a tab is told makes its page the server's screen: what changed, in its place, and nothing twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ecomms_bot.practice.page.feed import Change, Tab, changes
from ecomms_bot.practice.page.viewer import Piece
from tests.practice.page.screens import Room


class Page:
    """A browser's page: what each slot holds, in order, and what each piece looks like."""

    def __init__(self) -> None:
        self.slots: dict[str, list[str]] = {}
        self.html: dict[str, str] = {}

    def apply(self, change: Change | None) -> None:
        if change is None:
            return
        if change.get("whole"):
            stay = {one["id"] for one in change["put"]}
            self.slots = {slot: [each for each in ids if each in stay] for slot, ids in self.slots.items()}
        for name in change["drop"]:
            self.slots = {slot: [each for each in ids if each != name] for slot, ids in self.slots.items()}
        for one in change["put"]:
            self.html[one["id"]] = one["html"]
            if "after" in one:
                for ids in self.slots.values():
                    if one["id"] in ids:
                        ids.remove(one["id"])
                slot = self.slots.setdefault(one["in"], [])
                slot.insert(slot.index(one["after"]) + 1 if one["after"] else 0, one["id"])
            assert one["id"] in self.slots[one["in"]]

    @property
    def shown(self) -> dict[str, list[tuple[str, str]]]:
        return {slot: [(each, self.html[each]) for each in ids] for slot, ids in self.slots.items() if ids}


def screen(pieces: list[Piece]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for piece in pieces:
        found.setdefault(piece.within, []).append((piece.id, piece.html))
    return found


PIECES = st.lists(
    st.builds(Piece, st.sampled_from("abcdefgh"), st.sampled_from(["list", "head"]), st.sampled_from("xyz")),
    unique_by=lambda piece: piece.id,
)


@given(st.lists(PIECES, min_size=1, max_size=5), st.sets(st.integers(0, 4)))
def test_after_every_change_the_page_shows_the_screen(screens: list[list[Piece]], anew: set[int]) -> None:
    """`anew`: where the browser connected again, and is told the whole."""
    page, before = Page(), None
    for number, pieces in enumerate(screens):
        page.apply(changes(None if number in anew else before, pieces))
        assert page.shown == screen(pieces)
        before = pieces


@given(PIECES)
def test_nothing_is_told_of_a_screen_that_stayed(pieces: list[Piece]) -> None:
    assert changes(pieces, pieces) is None


def test_only_what_changed_is_told() -> None:
    before = [Piece(name, "list", "x") for name in "abcd"]
    after = [
        Piece("a", "list", "x"),
        Piece("c", "list", "y"),
        Piece("d", "list", "x"),
        Piece("e", "list", "x", "Say"),
    ]
    assert changes(before, after) == {
        "put": [
            {"id": "c", "in": "list", "html": "y"},
            {"id": "e", "in": "list", "html": "x", "after": "d", "say": "Say"},
        ],
        "drop": ["b"],
    }


def test_a_new_message_is_told_alone_and_read_aloud() -> None:
    room = Room()
    room.says("mara", "One.")
    tab = Tab(room.viewer("lee"))
    tab.draw()
    assert tab.draw() is None
    ts = room.says("mara", "Two.")
    change = tab.draw()
    assert change is not None
    told = {one["id"]: one for one in change["put"]}
    assert set(told) == {f"m-{ts}"}
    assert told[f"m-{ts}"]["say"] == "Mara Lund: Two."


def test_what_was_there_when_the_tab_came_is_not_read_aloud() -> None:
    room = Room()
    room.says("mara", "One.")
    change = Tab(room.viewer("lee")).draw()
    assert change is not None
    assert not any("say" in one for one in change["put"])

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecomms_bot.store import codec
from ecomms_bot.store.codec import NotStorable, canonical, from_text, seal, to_text, upcast

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def sealed(payload: dict[str, Any], nonce: str = "n0", actor: str = "U1") -> codec.Sealed:
    return seal(
        prev="",
        incident="i1",
        seq=1,
        at="2021-11-15T04:00:00.000000Z",
        actor=actor,
        command_id="c1",
        ordinal=0,
        type="NoteAdded",
        payload=payload,
        nonce=lambda: nonce,
    )


@given(VALUES)
def test_canonical_text_is_read_back_as_it_was(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(TEXTS, VALUES, max_size=6))
def test_the_order_in_which_names_were_given_does_not_matter(value: dict[str, Any]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_canonical_text_has_no_spaces_sorted_names_and_characters_as_they_are() -> None:
    assert (
        canonical({"b": [1, None, True], "a": "Évacuez · 避難"}) == '{"a":"Évacuez · 避難","b":[1,null,true]}'
    )


@pytest.mark.parametrize(
    "value",
    [
        0.1,
        float("nan"),
        {"a": [1.0]},
        b"bytes",
        {1: "a"},
        {"a": datetime(2021, 11, 15, tzinfo=UTC)},
        2**63,
        {1, 2},
    ],
    ids=str,
)
def test_what_has_no_exact_text_is_refused(value: object) -> None:
    with pytest.raises(NotStorable, match="cannot be recorded exactly"):
        canonical(value)


@pytest.mark.parametrize("value", ["\ud83d", {"text": "half of 🌊: \ud83c"}, {"\udc00": 1}], ids=ascii)
def test_half_a_character_is_refused_in_words(value: object) -> None:
    with pytest.raises(NotStorable, match="half of a character"):
        canonical(value)


def test_the_hash_is_what_the_design_says_and_anyone_can_compute_it() -> None:
    entry = sealed({"text": "Highway 1 is closed"})

    payload = '{"nonce":"n0","text":"Highway 1 is closed"}'
    digest = hashlib.sha256(payload.encode()).hexdigest()
    linked = f'[1,"","i1",1,"2021-11-15T04:00:00.000000Z","U1","c1",0,"NoteAdded","{digest}"]'
    assert entry.payload == payload
    assert entry.payload_sha256 == digest
    assert entry.hash == hashlib.sha256(linked.encode()).hexdigest()


def test_equal_payloads_have_different_hashes_so_that_a_blanked_one_cannot_be_guessed() -> None:
    assert sealed({"ok": True}, "n1").payload_sha256 != sealed({"ok": True}, "n2").payload_sha256


def test_the_nonce_belongs_to_the_store() -> None:
    with pytest.raises(ValueError, match="nonce"):
        sealed({"nonce": "mine"})


def test_a_nul_is_refused_since_postgresql_cannot_keep_it() -> None:
    with pytest.raises(NotStorable, match="NUL"):
        sealed({}, actor="U\0")
    with pytest.raises(NotStorable, match=r"value.text .* NUL"):
        sealed({"text": "half\0way"})


LINKED = ("", "i1", 1, "2021-11-15T04:00:00.000000Z", "U1", "c1", 0, "NoteAdded", "f" * 64)
ODD = st.none() | st.booleans() | st.integers() | st.binary() | st.floats() | st.text() | TEXTS
ODD_PLACES = st.dictionaries(st.sampled_from(range(len(LINKED))), ODD, max_size=3)


@given(ODD_PLACES)
@example({3: "half\0way"})
@example({3: r"a \u0000 that somebody typed"})
@example({3: "\ud83d"})
@example({2: 2**63})
@example({2: -(2**63)})
@example({6: True})
def test_a_link_is_the_hash_of_its_canonical_text_whatever_stands_in_it(odd: dict[int, Any]) -> None:
    linked = [odd.get(place, value) for place, value in enumerate(LINKED)]
    try:
        text = canonical([codec.FORMAT, *linked])
    except NotStorable:
        with pytest.raises(NotStorable):
            codec.link_hash(linked)
    else:
        assert codec.link_hash(linked) == codec.sha256(text)


def test_the_payload_comes_back_without_the_nonce() -> None:
    assert codec.open_payload("NoteAdded", sealed({"text": "a"}).payload) == {"text": "a"}


@pytest.mark.parametrize("text", ["[1]", "null", "{", ""])
def test_what_is_no_payload_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        codec.open_payload("NoteAdded", text)


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 (zone beside)
def test_times_come_back_as_they_were(moment: datetime) -> None:
    assert from_text(to_text(moment)) == moment


def test_times_are_kept_in_utc_and_sort_as_text() -> None:
    vancouver = timezone(timedelta(hours=-8))
    early, late = (
        datetime(2021, 11, 14, 20, 0, tzinfo=vancouver),
        datetime(2021, 11, 15, 4, 0, 0, 1, tzinfo=UTC),
    )
    assert to_text(early) == "2021-11-15T04:00:00.000000Z"
    assert to_text(early) < to_text(late)


def test_a_time_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        to_text(datetime(2021, 11, 15))  # noqa: DTZ001  (the mistake)


def test_old_payloads_are_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    # given two changes of what RoadClosed says: one road became a list, then the list got another name
    monkeypatch.setitem(codec.UPCASTERS, ("RoadClosed", 1), lambda old: {"roads": [old["road"]]})
    monkeypatch.setitem(codec.UPCASTERS, ("RoadClosed", 2), lambda old: {"closed": old["roads"]})

    assert upcast("RoadClosed", {"road": "Highway 1"}, 1) == {"closed": ["Highway 1"], "v": 3}
    assert upcast("RoadClosed", {"roads": ["Highway 5"], "v": 2}, 2) == {"closed": ["Highway 5"], "v": 3}
    assert upcast("RoadClosed", {"closed": [], "v": 3}, 3) == {"closed": [], "v": 3}
    assert upcast("NoteAdded", {"text": "a"}, 1) == {"text": "a"}

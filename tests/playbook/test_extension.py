"""A playbook that extends another one: what it changes, where its mistakes are told, what it cannot do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ecomms_bot.playbook.extension import Joined, join
from ecomms_bot.playbook.library import (
    MAX_BASES,
    Library,
    LoadedPlaybook,
    Shelf,
    load_with_source,
    shipped_folder,
)
from ecomms_bot.playbook.model import Playbook
from ecomms_bot.playbook.source import Source, read_source
from tests.playbook.samples import small_raw

OWN = {"id": "mine", "title": "Mine", "hazard": "flood"}


def step(name: str, **words: Any) -> dict[str, Any]:
    """The small playbook's step under another id."""
    first = small_raw()["phases"]["during"][0]
    return {**first, "id": name, "title": f"Step {name}", **words}


def base_raw() -> dict[str, Any]:
    """The small playbook with three steps."""
    return {**small_raw(), "phases": {"during": [step("D1"), step("D2"), step("D3")]}}


def joined(**own: Any) -> Joined:
    return join(base_raw(), {"extends": "small", **OWN, **own})


def during(*steps: Any) -> Joined:
    return joined(phases={"during": list(steps)})


def ids(found: Joined) -> list[str]:
    return [each["id"] for each in found.raw["phases"]["during"]]


def mistakes(found: Joined) -> list[str]:
    return [str(each) for each in found.mistakes]


# --- what comes of both


def test_what_is_not_changed_stays_and_who_it_is_for_is_never_inherited() -> None:
    base = {**base_raw(), "offered": False}
    found = join(base, {"extends": "small", **OWN})
    assert found.raw == {**base_raw(), **OWN}
    assert Playbook.parse(found.raw).offered
    own = {"id", "title", "hazard", "offered"}
    inherited = {name: value for name, value in base.items() if name not in own}
    assert join(base, {"extends": "small"}).raw == inherited


def test_groups_are_joined_name_by_name_and_null_takes_away() -> None:
    found = joined(
        fields={"place": {"label": "Town", "max_length": None, "hint": "As on signs"}, "story": None},
        tiers={"T0": None},
    )
    assert found.raw["fields"]["place"] == {
        "type": "text",
        "label": "Town",
        "example": "Hope",
        "hint": "As on signs",
    }
    assert "story" not in found.raw["fields"]
    assert list(found.raw["tiers"]) == ["T1"]
    # What is not there cannot be taken away
    empty = "this is empty; the base has no max_length here that it could take away"
    assert mistakes(found) == [f"fields > place > max_length: {empty}"]


def test_a_list_takes_the_place_of_the_list() -> None:
    assert joined(tiers={"T1": {"roles": ["ic"]}}).raw["tiers"]["T1"]["roles"] == ["ic"]
    changed = during({"id": "D2", "channels": ["web"], "texts": {"internal": None}})
    assert changed.raw["phases"]["during"][1]["channels"] == ["web"]
    assert list(changed.raw["phases"]["during"][1]["texts"]) == ["statement", "final"]


def test_steps_are_changed_added_moved_and_removed_by_their_ids() -> None:
    # Given each of them in one file
    new = step("N1")
    found = during(
        {"id": "D3", "title": "Last"},
        {"id": "D1", "after": "D3", "tier": "T0"},
        {**new, "after": "D3"},
        {**step("N2"), "after": "N1"},
        step("N3"),
        {"id": "D2", "remove": True},
    )
    # Then what is new stands where it asked to be, else at the end
    assert mistakes(found) == []
    assert ids(found) == ["D3", "N1", "N2", "D1", "N3"]
    # And no order is left in the steps
    steps = found.raw["phases"]["during"]
    assert steps[0] == {**step("D3"), "title": "Last"}
    assert steps[1] == new
    assert steps[3] == {**step("D1"), "tier": "T0"}
    # And a step that is left alone is the base's own
    assert during({"id": "D1", "title": "First"}).raw["phases"]["during"][1:] == [step("D2"), step("D3")]


def test_a_step_can_be_written_anew() -> None:
    found = during({"id": "D1", "remove": True}, step("D1", title="Other words"))
    assert ids(found) == ["D2", "D3", "D1"]
    assert found.raw["phases"]["during"][2] == step("D1", title="Other words")


def test_a_phase_that_the_base_does_not_have_is_new() -> None:
    found = joined(phases={"after": [step("A1"), {**step("A2"), "after": "A1"}]})
    assert [each["id"] for each in found.raw["phases"]["after"]] == ["A1", "A2"]
    assert len(found.raw["phases"]["during"]) == 3


# --- what cannot be


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"id": "E9", "remove": True}, "remove: the base has no step E9 in this phase to remove"),
        (
            {"id": "D33", "remove": True},
            "remove: the base has no step D33 in this phase to remove; did you mean D3?",
        ),
        ({"remove": True}, "remove: the base has no step without an id in this phase to remove"),
        ({"id": "D1", "remove": "yes"}, "remove: this must be true, or left out"),
        ({"id": "D1", "remove": False}, "remove: this must be true, or left out"),
        (
            {"id": "D1", "remove": True, "title": "x"},
            "title: a step that is removed has its id and nothing else",
        ),
        ({"id": "D1", "after": "E1"}, "after: there is no step E1 in this phase to come after"),
        (
            {"id": "D1", "after": "D33"},
            "after: there is no step D33 in this phase to come after; did you mean D3?",
        ),
        ({"id": "D1", "after": "D1"}, "after: a step cannot come after itself"),
        ({"id": "D1", "after": None}, "after: this must be the id of a step"),
        ({"id": "D1", "after": ["D2"]}, "after: this must be the id of a step"),
        (
            {"id": "D11", "title": "x"},
            "id: the base has no step D11 in this phase to change; did you mean D1?",
        ),
    ],
)
def test_an_order_that_cannot_be_followed_is_told(own: dict[str, Any], words: str) -> None:
    assert mistakes(during(own)) == [f"phases > during > 1 > {words}"]


def test_a_step_is_named_only_below_the_one_that_it_comes_after() -> None:
    found = during({**step("N1"), "after": "N2"}, step("N2"))
    assert mistakes(found) == [
        "phases > during > 1 > after: N2 stands further down in this file; put it above this step"
    ]
    assert ids(found) == ["D1", "D2", "D3", "N1", "N2"]


def test_a_field_that_is_only_changed_must_be_the_bases() -> None:
    found = joined(fields={"palce": {"max_length": 9}, "new": {"type": "text"}, "odd": None})
    assert mistakes(found) == [
        "fields > palce: the base has no field palce to change; did you mean place?",
        "fields > odd: this is empty; the base has no odd here that it could take away",
    ]
    assert "palce" not in found.raw["fields"]
    assert found.raw["fields"]["new"] == {"type": "text"}


@pytest.mark.parametrize("odd", [None, "D1", ["D1"], {}, {"id": None}, {"id": ["D1"]}])
def test_what_is_no_step_is_kept_for_the_validator(odd: Any) -> None:
    found = during(odd)
    assert found.mistakes == ()
    assert found.raw["phases"]["during"] == [*base_raw()["phases"]["during"], odd]


@pytest.mark.parametrize("odd", [{"D1": {}}, "D1"])
def test_what_is_no_list_of_steps_is_kept_for_the_validator(odd: Any) -> None:
    assert joined(phases={"during": odd}).raw["phases"]["during"] == odd


def test_a_group_can_take_the_place_of_a_word_and_a_word_of_a_group() -> None:
    assert joined(hazard={"en": "flood"}).raw["hazard"] == {"en": "flood"}
    assert joined(tiers="none").raw["tiers"] == "none"
    assert joined(phases=[]).raw["phases"] == []


# --- files


def write(folder: Path, name: str, *parts: dict[str, Any], **own: Any) -> Path:
    """A playbook file of that name."""
    raw: dict[str, Any] = {"id": name, "title": name.title(), "hazard": "flood"}
    for part in (*parts, own):
        raw |= part
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True, width=1000))
    return path


def base(folder: Path) -> Path:
    return write(folder, "small", base_raw(), id="small")


def told(path: Path) -> list[str]:
    """What is wrong with a file and with its bases, without the folder."""
    return [str(each).replace(f"{path.parent}/", "") for each in Shelf().read(path).wrong]


def line_of(path: Path, words: str, nth: int = 1) -> int:
    """The number of the nth line with these words."""
    lines = [n for n, line in enumerate(path.read_text().splitlines(), start=1) if words in line]
    return lines[nth - 1]


def test_the_whole_is_what_the_log_keeps_without_the_fields_that_nobody_asks_for(tmp_path: Path) -> None:
    # Given a playbook that asks no more for the base's long story, and has a field of its own
    base(tmp_path)
    own = {"type": "text", "label": "Own", "example": "x"}
    web = {"statement": {"templates": {"web": "{{ place }} {{ state }} {{ next_update_at }}"}}}
    steps = [
        {"id": "D1", "fields": ["place", "state"], "texts": web},
        {"id": "D2", "remove": True},
        {"id": "D3", "remove": True},
    ]
    path = write(tmp_path, "mine", extends="small", fields={"own": own}, phases={"during": steps})
    # When it is loaded
    loaded = load_with_source(path)
    # Then the story is left out; its own field stays, and so do the common ones
    common = ["as_of", "next_update_at", "no_promise_reason"]
    assert list(loaded.playbook.fields) == list(loaded.raw["fields"]) == ["place", "state", *common, "own"]
    assert Playbook.parse(loaded.raw) == loaded.playbook
    assert "extends" not in loaded.raw


def test_a_line_of_three_files_is_one_playbook(tmp_path: Path) -> None:
    # Given an office that moves a step of the base, and a team that changes that step
    base(tmp_path)
    moved = {"id": "D1", "after": "D3", "cadence": 45}
    write(tmp_path, "office", extends="small", phases={"during": [moved]})
    changed = {"id": "D1", "audience": "staff"}
    team = write(tmp_path, "team", extends="office", phases={"during": [changed]})
    steps = load_with_source(team).playbook.steps("during")
    assert [(each.id, each.cadence, each.audience) for each in steps] == [
        ("D2", "severity", "everyone"),
        ("D3", "severity", "everyone"),
        ("D1", 45, "staff"),
    ]


def test_what_a_file_brings_about_in_its_base_is_told_in_that_file(tmp_path: Path) -> None:
    # Given an office that moves a step, and a team that takes away a field that the base's steps need
    small = base(tmp_path)
    moved = {"id": "D1", "after": "D3"}
    write(tmp_path, "office", extends="small", phases={"during": [moved]})
    team = write(
        tmp_path, "team", extends="office", fields={"place": None}, phases={"during": [{"id": "D1"}]}
    )
    # Then the nearest place of the team's file is named, and where the rest comes from
    lines = told(team)
    wrong = "fields > 1: there is no field place; say what it is under fields, at the top of the file"
    wrong += " (this comes from small.yaml, line"
    during, d1 = line_of(team, "during:"), line_of(team, "id: D1")
    assert f"team.yaml:{during}:3: phases > during > D2 > {wrong} {line_of(small, '- place', 2)})" in lines
    assert f"team.yaml:{d1}:5: phases > during > D1 > {wrong} {line_of(small, '- place')})" in lines
    # And where there is none, the line that says what is extended
    team = write(tmp_path, "team", extends="office", fields={"place": None})
    assert f"team.yaml:4:10: phases > during > D2 > {wrong} {line_of(small, '- place', 2)})" in told(team)


def test_a_mistake_in_what_a_file_adds_to_a_group_of_its_base_is_told_there(tmp_path: Path) -> None:
    small = base(tmp_path)
    path = write(tmp_path, "mine", extends="small", fields={"place": {"max_length": 2, "colour": "red"}})
    assert told(path) == [
        f"mine.yaml:{line_of(path, 'colour')}:13: fields > place > colour: this word is not known here"
    ]
    path = write(tmp_path, "mine", extends="small", fields={"place": {"max_length": 2}})
    refused = "the example would be refused: This may have up to 2 characters; it has 4."
    place, source = line_of(path, "place:"), line_of(small, "example: Hope")
    whole = f"fields > place > example: {refused} (this comes from small.yaml, line {source})"
    assert told(path) == [f"mine.yaml:{place}:3: {whole}"]


def test_what_takes_the_place_of_a_group_is_told_where_it_stands(tmp_path: Path) -> None:
    # Given a base with a template in two languages, of which a file makes one
    raw = base_raw()
    languages = {"en": "{{ place }}", "fr": "à {{ place }}"}
    raw["phases"]["during"][0]["texts"]["internal"]["templates"]["internal"] = languages
    write(tmp_path, "small", raw, id="small")
    change = {"internal": {"templates": {"internal": "{{ plaice }}"}}}
    path = write(tmp_path, "mine", extends="small", phases={"during": [{"id": "D1", "texts": change}]})
    place = "phases > during > D1 > texts > internal > templates > internal"
    line = line_of(path, "plaice")
    assert told(path) == [f"mine.yaml:{line}:22: {place}: there is no field “plaice”; did you mean place?"]


def test_what_is_taken_away_and_missed_is_told_where_that_is_said(tmp_path: Path) -> None:
    base(tmp_path)
    path = write(tmp_path, "mine", extends="small", phases=None, fields={"place": {"label": None}})
    assert told(path) == [
        f"mine.yaml:{line_of(path, 'phases')}:9: phases: this is missing",
        f"mine.yaml:{line_of(path, 'label')}:12: fields > place > label: this is missing",
    ]


def test_what_a_file_must_say_for_itself_is_missed_in_that_file(tmp_path: Path) -> None:
    base(tmp_path)
    path = tmp_path / "mine.yaml"
    path.write_text("extends: small\nid: mine\nhazard: flood\n")
    assert told(path) == ["mine.yaml:1:1: title: this is missing"]


def test_the_same_step_twice_is_told_at_the_second(tmp_path: Path) -> None:
    base(tmp_path)
    twice = [{"id": "D1", "title": "One"}, step("D1")]
    path = write(tmp_path, "mine", extends="small", phases={"during": twice})
    place = f"mine.yaml:{line_of(path, 'id: D1', 2)}:9: phases > during > D1 > id"
    assert told(path) == [f"{place}: there is already a step D1 in the phase during"]


def test_orders_are_only_for_a_playbook_that_extends_another(tmp_path: Path) -> None:
    raw = base_raw()
    raw["phases"]["during"][0]["remove"] = True
    path = write(tmp_path, "small", raw, id="small")
    place = f"small.yaml:{line_of(path, 'remove')}:13: phases > during > D1 > remove"
    only = "only a playbook that extends another one, or changes a step of it, says this"
    assert told(path) == [f"{place}: this word is not known here; {only}"]


# --- which file is meant


def test_a_file_beside_it_comes_before_one_that_ships(tmp_path: Path) -> None:
    # Given nothing beside it, the shipped one is meant, even by a playbook of the same id
    path = write(tmp_path, "flood", extends="flood")
    assert load_with_source(path).playbook.steps("during")
    # And an own one, as soon as there is one
    write(tmp_path, "basics", base_raw(), id="basics")
    mine = write(tmp_path, "mine", extends="basics")
    assert [each.id for each in load_with_source(mine).playbook.steps("during")] == ["D1", "D2", "D3"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (None, "this is empty; name another playbook, such as closure, or take the line out"),
        (7, "this must be the id of another playbook, such as closure"),
        (["small"], "this must be the id of another playbook, such as closure"),
        ("../small", "this must be the id of another playbook, such as closure"),
        ("small.yaml", "this must be the id of another playbook, such as closure"),
        ("mine", "a playbook cannot extend itself"),
        ("smal", "there is no smal.yaml beside this file, nor among those that ship; did you mean small?"),
        (
            "wildfier",
            "there is no wildfier.yaml beside this file, nor among those that ship; did you mean wildfire?",
        ),
        ("zzz", "there is no zzz.yaml beside this file, nor among those that ship"),
    ],
)
def test_a_base_that_is_not_there_is_told(tmp_path: Path, name: Any, words: str) -> None:
    base(tmp_path)
    path = write(tmp_path, "mine", extends=name)
    (line,) = told(path)
    assert line.startswith(f"mine.yaml:{line_of(path, 'extends')}:")
    assert line.endswith(f": extends: {words}")


def test_a_base_must_have_the_id_of_its_file(tmp_path: Path) -> None:
    write(tmp_path, "office", base_raw(), id="small")
    path = write(tmp_path, "mine", extends="office")
    assert told(path) == [
        "mine.yaml:4:10: extends: office.yaml has the id small; the file and its id must have the same name"
    ]


def test_playbooks_that_extend_each_other_are_told_in_each(tmp_path: Path) -> None:
    # Given a ring of three, and one that leads into it
    for name, following in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")):
        write(tmp_path, name, extends=following)
    for name, following in (("a", "b"), ("b", "c"), ("c", "a")):
        assert told(tmp_path / f"{name}.yaml") == [
            f"{name}.yaml:4:10: extends: {following} extends this playbook in turn; one of them must stop"
        ]
    assert told(tmp_path / "d.yaml") == [
        "d.yaml:4:10: extends: a cannot be used, so neither can this file (see a.yaml)",
        "a.yaml:4:10: extends: b extends this playbook in turn; one of them must stop",
    ]


def test_a_line_of_bases_has_an_end(tmp_path: Path) -> None:
    write(tmp_path, "p0", base_raw(), id="p0")
    paths = [write(tmp_path, f"p{n}", extends=f"p{n - 1}") for n in range(1, MAX_BASES + 2)]
    assert load_with_source(paths[MAX_BASES - 1]).playbook.id == "p5"
    assert told(paths[MAX_BASES]) == [
        "p6.yaml:4:10: extends: this is the end of a line of more than 5 playbooks that extend one another"
    ]


# --- a base with mistakes


def loaded(folder: Path) -> tuple[dict[str, LoadedPlaybook], list[list[str]]]:
    """The playbooks that the bot can use, and the lines of each problem, without the folder."""
    library = Library.from_folder(folder)
    problems = [str(each).replace(f"{folder}/", "").splitlines() for each in library.problems]
    return dict(library.playbooks), problems


def test_the_others_are_used_when_a_base_is_bad_and_its_mistakes_are_told_once(tmp_path: Path) -> None:
    # Given a base without a title, two playbooks that extend it, and one that does not
    raw = base_raw()
    del raw["title"]
    path = tmp_path / "office.yaml"
    path.write_text(yaml.safe_dump({**raw, "id": "office"}, sort_keys=False))
    for name in ("away", "team"):
        write(tmp_path, name, extends="office")
    write(tmp_path, "small", base_raw(), id="small")
    # When the bot starts
    playbooks, problems = loaded(tmp_path)
    # Then
    unusable = "yaml:4:10: extends: office cannot be used, so neither can this file (see office.yaml)"
    missing = "office.yaml:1:1: title: this is missing"
    assert list(playbooks) == ["small"]
    assert problems == [[f"away.{unusable}"], [missing], [f"team.{unusable}"]]
    # And one alone says both
    assert told(tmp_path / "team.yaml") == [f"team.{unusable}", missing]


def test_a_base_that_is_no_yaml_is_told_with_its_own_place(tmp_path: Path) -> None:
    (tmp_path / "office.yaml").write_text("id: office\n\ttitle: x\n")
    path = write(tmp_path, "mine", extends="office")
    assert told(path) == [
        "mine.yaml:4:10: extends: office cannot be used, so neither can this file (see office.yaml)",
        "office.yaml:2:1: this line begins with a tab; indent it with spaces",
    ]


def test_a_shipped_base_with_mistakes_is_told_once_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a base that is not in the folder of the office
    ships, office = tmp_path / "ships", tmp_path / "office"
    ships.mkdir()
    office.mkdir()
    (ships / "basics.yaml").write_text('id: "a\n')
    monkeypatch.setattr("ecomms_bot.playbook.library.shipped_folder", lambda: ships)
    for name in ("one", "two"):
        write(office, name, extends="basics")
    _, problems = loaded(office)
    first = f"{ships}/basics.yaml:1:5: the quote that opens here is never closed"
    unusable = (
        f"yaml:4:10: extends: basics cannot be used, so neither can this file (see {ships}/basics.yaml)"
    )
    assert problems == [[f"one.{unusable}", first], [f"two.{unusable}"]]


def test_mistakes_of_a_file_and_of_its_orders_come_together(tmp_path: Path) -> None:
    base(tmp_path)
    path = tmp_path / "mine.yaml"
    path.write_text(
        "extends: small\nid: mine\ntitle: Mine\ntitle: Ours\nhazard: {{ flood }}\ncolour: red\n"
        "phases:\n  during:\n    - id: D9\n      remove: true\n"
    )
    assert told(path) == [
        "mine.yaml:4:1: title stands here twice (first in line 3); only one can count",
        "mine.yaml:5:9: hazard: a text that begins with {{ must be in quotes, or stand below a |",
        "mine.yaml:6:9: colour: this word is not known here",
        "mine.yaml:10:15: phases > during > D9 > remove: the base has no step D9 in this phase to remove",
    ]


def test_the_base_of_many_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(path: Path) -> Source:
        read.append(path.name)
        return read_source(path)

    monkeypatch.setattr("ecomms_bot.playbook.library.read_source", noted)
    base(tmp_path)
    for name in ("a", "b", "c"):
        write(tmp_path, name, extends="small")
    assert len(Library.from_folder(tmp_path).playbooks) == 4
    assert sorted(read) == ["a.yaml", "b.yaml", "c.yaml", "small.yaml"]


def test_the_shipped_playbooks_extend_one_another() -> None:
    library = Library.from_folder(shipped_folder())
    assert library.bases == ("basics",)
    assert library.problems == ()

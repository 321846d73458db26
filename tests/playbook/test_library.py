"""Playbooks as files: the good ones are used, the bad ones are refused with file, line and column."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import yaml

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook import library
from ecomms_bot.playbook.library import Library, load, load_with_source, read_yaml, shipped_folder
from ecomms_bot.playbook.model import Playbook
from tests.books import FLOOD_FILE
from tests.playbook.samples import FLOOD, small, small_raw


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def small_yaml() -> str:
    return yaml.safe_dump(small_raw(), sort_keys=False, allow_unicode=True)


def refusal(path: Path) -> str:
    with pytest.raises(PlaybookError) as caught:
        read_yaml(path)
    return str(caught.value)


# --- good files


def test_a_playbook_is_read_with_its_plain_data_and_the_hash_of_that(tmp_path: Path) -> None:
    path = write(tmp_path / "small.yaml", small_yaml())
    loaded = load_with_source(path)
    assert loaded.playbook == small() == load(path)
    assert loaded.raw == small_raw()
    canonical = json.dumps(loaded.raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert loaded.sha256 == hashlib.sha256(canonical.encode()).hexdigest()
    assert Playbook.parse(json.loads(canonical)) == loaded.playbook
    assert loaded.path == path


def test_yaml_has_no_surprises(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.yaml",
        b"\xef\xbb\xbfno: no\non: on\nclock: 1:30\nmode: 0777\nday: 2021-11-15\n"
        b"half: 0.5\nn: -12\nyes: true\nnot: false\nnothing: null\nempty:\ntilde: ~\n"
        b"quoted: '7'\n1: one\nlist: [a, [b]]\n",
    )
    assert read_yaml(path).raw == {
        "no": "no",
        "on": "on",
        "clock": "1:30",
        "mode": "0777",
        "day": "2021-11-15",
        "half": "0.5",
        "n": -12,
        "yes": True,
        "not": False,
        "nothing": None,
        "empty": None,
        "tilde": None,
        "quoted": "7",
        "1": "one",
        "list": ["a", ["b"]],
    }


def test_an_alias_repeats_what_it_names(tmp_path: Path) -> None:
    assert read_yaml(write(tmp_path / "a.yaml", "a: &x [1]\nb: *x\n")).raw == {"a": [1], "b": [1]}


# --- bad files


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1, 2\n", "2:1: this is not YAML: did not find expected ',' or ']'"),
        ("a: 1\nb: 2\na: 3\n", "3:1: a stands here twice; only one of them can count"),
        ("a: {b: 1, b: 2}\n", "1:11: b stands here twice; only one of them can count"),
        ("- a\n", "1:1: a group of names is expected, such as `schema_version: 1`"),
        ("", "1:1: a group of names is expected, such as `schema_version: 1`"),
        ("? [a]\n: 1\n", "1:3: a name was expected here"),
        ("a: 1\n---\nb: 2\n", "2:1: this is not YAML: but found another document"),
        ("a: *x\n", "1:4: this is not YAML: found undefined alias"),
        ("a: !!python/object/apply:os.system [x]\n", None),
        ("a: !!python/name:os.system x\n", "1:4: a value marked “python/name:os.system” cannot be used"),
        ("a: !!int 7_000\n", "1:4: a value marked “int” cannot be used"),
        ("a: !!bool maybe\n", "1:4: a value marked “bool” cannot be used"),
        ("a: b\nc: \x07\n", "2:4: the character U+0007 cannot be used in a file"),
        ("a: " + "[" * 30 + "]" * 30, "1:23: lists and groups are nested more than 20 deep"),
        ("a: " + "{b: " * 100_000, "1:80: lists and groups are nested more than 20 deep"),
        ("a: &x [*x]\n", None),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, text: str, words: str | None
) -> None:
    path = write(tmp_path / "bad.yaml", text)
    if words is None:  # harmless: read as plain data, or refused
        try:
            assert isinstance(read_yaml(path).raw["a"], list)
        except PlaybookError as error:
            assert str(path) in str(error)  # noqa: PT017 - either way is right
        return
    assert refusal(path).startswith(f"{path}:{words}")


def test_aliases_cannot_blow_a_small_file_up(tmp_path: Path) -> None:
    # Given nine levels of ten times the one below
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    # Then reading stops long before the thousand million values that they stand for
    words = refusal(write(tmp_path / "bomb.yaml", "\n".join(lines)))
    assert "the file holds far more than a playbook needs" in words


def test_a_file_may_hold_one_megabyte_and_no_more(tmp_path: Path) -> None:
    start = b"a: "
    fits = write(tmp_path / "fits.yaml", start + b"b" * (library.MAX_BYTES - len(start)))
    assert len(read_yaml(fits).raw["a"]) == library.MAX_BYTES - len(start)
    over = write(tmp_path / "over.yaml", start + b"b" * (library.MAX_BYTES - len(start) + 1))
    assert refusal(over) == f"{over}: the file is larger than 1 MB, which no playbook needs."


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    latin = write(tmp_path / "latin.yaml", "titre: fermé".encode("latin-1"))
    assert refusal(latin) == f"{latin}: the file is not UTF-8 text. Save it as UTF-8."
    missing = tmp_path / "missing.yaml"
    assert refusal(missing) == f"{missing}: the file cannot be read (No such file or directory)."


def test_every_mistake_of_a_playbook_has_its_line_and_column(tmp_path: Path) -> None:
    text = (
        small_yaml().replace("hazard: flood", "hazard: 7").replace("roles:\n    - pio", "roles:\n    - boss")
    )
    path = write(tmp_path / "bad.yaml", text)
    lines = text.splitlines()
    hazard, boss = lines.index("hazard: 7") + 1, lines.index("    - boss") + 1
    with pytest.raises(PlaybookError) as caught:
        load(path)
    assert str(caught.value).splitlines() == [
        f"{path}:{hazard}:9: hazard: this must be text; put it in quotes",
        f"{path}:{boss}:7: tiers > T0 > roles > 1: this must be one of 'sme', 'pio', 'ic' or 'exec'",
    ]


def test_what_is_missing_is_placed_at_what_lacks_it(tmp_path: Path) -> None:
    text = small_yaml().replace("    label: Place\n", "")
    path = write(tmp_path / "bad.yaml", text)
    with pytest.raises(PlaybookError) as caught:
        load(path)
    line = text.splitlines().index("  place:") + 2
    assert str(caught.value) == f"{path}:{line}:5: fields > place > label: this is missing"


def test_a_mistake_in_a_text_has_the_line_in_the_file(tmp_path: Path) -> None:
    before = "internal: '{{ incident_name }}: {{ place }}'"
    good = small_yaml()
    assert before in good
    text = good.replace(before, "internal: |\n              one\n              two {{ plaice }}")
    path = write(tmp_path / "bad.yaml", text)
    with pytest.raises(PlaybookError) as caught:
        load(path)
    line = next(n for n, line in enumerate(text.splitlines(), start=1) if "plaice" in line)
    assert str(caught.value).startswith(f"{path}:{line}:1: phases > during > 1 > texts")
    assert str(caught.value).endswith("line 2, column 5: there is no field “plaice”; did you mean place?")


# --- folders


def test_a_folder_gives_the_good_playbooks_and_the_problems_of_the_others(tmp_path: Path) -> None:
    write(tmp_path / "b.yaml", small_yaml().replace("id: small", "id: other"))
    write(tmp_path / "a.yml", small_yaml())
    write(tmp_path / "c.yaml", small_yaml())
    write(tmp_path / "d.yaml", "title: 1")
    write(tmp_path / "notes.txt", "no playbook")
    (tmp_path / "drills.yaml").mkdir()
    found = Library.from_folder(tmp_path)
    assert {name: loaded.path.name for name, loaded in found.playbooks.items()} == {
        "small": "a.yml",
        "other": "b.yaml",
    }
    assert [str(problem).splitlines()[0] for problem in found.problems] == [
        f"{tmp_path / 'c.yaml'}: the id small is taken by a.yml; this file is not used",
        f"{tmp_path / 'd.yaml'}:1:1: schema_version: this is missing",
    ]


def test_a_folder_that_is_not_there_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    found = Library.from_folder(tmp_path / "none")
    assert found.playbooks == {}
    assert (
        str(found.problems[0])
        == f"There is no folder {tmp_path / 'none'}, so no playbooks were read from it."
    )


def test_the_shipped_playbooks_are_good() -> None:
    found = Library.from_folder(shipped_folder())
    assert found.problems == ()
    assert "flood" in found.playbooks


def test_an_installed_package_has_its_playbooks_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a package as a wheel installs it
    module = tmp_path / "ecomms_bot" / "playbook" / "library.py"
    (tmp_path / "ecomms_bot" / "_playbooks").mkdir(parents=True)
    monkeypatch.setattr(library, "__file__", str(module))
    assert shipped_folder() == tmp_path / "ecomms_bot" / "_playbooks"
    # And one in a checkout
    (tmp_path / "ecomms_bot" / "_playbooks").rmdir()
    assert shipped_folder() == tmp_path / "playbooks"


def test_a_meaning_that_slack_would_cut_off_is_refused_in_a_file_but_not_in_a_log(tmp_path: Path) -> None:
    source = FLOOD_FILE.read_text("utf-8")
    assert all(len(level.meaning) <= 75 for level in FLOOD.severities.values())
    meaning = FLOOD.severities["S3"].meaning
    path = write(tmp_path / "long.yaml", source.replace(meaning, f"{meaning} {'x' * 75}"))
    with pytest.raises(
        PlaybookError, match=r"long\.yaml:\d+:14: severities > S3 > meaning: this may have up"
    ):
        load(path)
    # A running incident that was opened with such a playbook goes on with it.
    assert Playbook.parse(read_yaml(path).raw).severities["S3"].meaning.endswith("x")

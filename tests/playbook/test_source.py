"""YAML as people write it: read without surprises, and every slip named with its place and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ecomms_bot.errors import PlaybookError
from ecomms_bot.playbook.source import MAX_BYTES, Source, finding, read_source, read_yaml


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(PlaybookError) as caught:
        read_yaml(path)
    return str(caught.value)


# --- good files


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
        ("a: [1, 2\n", "1:4: the list that opens here is not closed with ], or a comma is missing in it"),
        ("a: 1\nb: 2\na: 3\n", "3:1: a stands here twice (first in line 1); only one can count"),
        ("a: {b: 1, b: 2}\n", "1:11: a: b stands here twice (first in line 1); only one can count"),
        ("- a\n", "1:1: a group of names is expected, such as `schema_version: 1`"),
        ("", "1:1: a group of names is expected, such as `schema_version: 1`"),
        ("? [a]\n: 1\n", "1:3: a name was expected here"),
        ("a: 1\n---\nb: 2\n", "2:1: a line with --- begins another playbook; one file holds one"),
        ("a: *x\n", "1:4: a text that begins with * must be in quotes"),
        ("a: !!python/object/apply:os.system [x]\n", None),
        ("a: !!python/name:os.system x\n", "1:4: a: a value marked “python/name:os.system” cannot be used"),
        ("a: !!int 7_000\n", "1:4: a: a value marked “int” cannot be used"),
        ("a: !!bool maybe\n", "1:4: a: a value marked “bool” cannot be used"),
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
    fits = write(tmp_path / "fits.yaml", start + b"b" * (MAX_BYTES - len(start)))
    assert len(read_yaml(fits).raw["a"]) == MAX_BYTES - len(start)
    over = write(tmp_path / "over.yaml", start + b"b" * (MAX_BYTES - len(start) + 1))
    assert refusal(over) == f"{over}:1:1: the file is larger than 1 MB, which no playbook needs"


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    latin = write(tmp_path / "latin.yaml", "id: a\ntitre: fermé".encode("latin-1"))
    assert refusal(latin) == f"{latin}:2:12: the file is not UTF-8 text; save it as UTF-8"
    missing = tmp_path / "missing.yaml"
    assert refusal(missing) == f"{missing}:1:1: the file cannot be read (No such file or directory)"


# --- slips of people who do not write YAML every day, and what they are told

SLIPS = {
    "a tab in place of spaces": (
        "fields:\n\troad: 1\n",
        "2:1: this line begins with a tab; indent it with spaces",
    ),
    "a tab further down": (
        "fields:\n  road: 1\n\tarea: 2\n",
        "3:1: this line begins with a tab; indent it with spaces",
    ),
    "a special space from a word processor": (
        "fields:\n  road: 1\n \u00a0area: 2: 3\n",
        "3:2: this line begins with a special space, as word processors make; type plain spaces",
    ),
    "no space after the colon": ("title:Flood\nhazard: flood\n", "1:6: a space is missing after the colon"),
    "no space after the last colon": (
        "title: Flood\nhazard:flood\n",
        "2:7: a space is missing after the colon",
    ),
    "no space after the dash": ("steps:\n  -id: D1\n   title: x\n", "2:4: a space is missing after the -"),
    "a colon inside a text": (
        "title: Flood: the big one\n",
        "1:13: a text with a colon in it must be in quotes, or stand below a |",
    ),
    "an indent too far": (
        "road:\n  type: text\n\n   label: Road\n",
        "4:4: this line is indented further than line 2, which has its text already; align the two",
    ),
    "an indent too far in the first line": (
        "  title: x\n   hazard: y\n",
        "2:4: this line is indented further than line 1, which has its text already; align the two",
    ),
    "an indent between two groups": (
        "fields:\n  road:\n    type: text\n   label: Road\n",
        "4:4: this line is indented like no group above; align it with the names around",
    ),
    "an indent below a text in quotes": (
        'road:\n  type: "text"\n   label: Road\n',
        "3:4: this line is indented like no group above; align it with the names around",
    ),
    "a list that ends in a name": (
        "verify:\n  - one\n  b: 1\n",
        "3:3: this line is indented like no group above; align it with the names around",
    ),
    "a quote that is never closed": (
        'title: "Flood\nhazard: flood\n',
        "1:8: the quote that opens here is never closed",
    ),
    "a quote that the next one closes": (
        'title: "Flood\nhazard: "flood"\n',
        "1:8: the quote that opens here is closed only in line 2; is one missing?",
    ),
    "an apostrophe in quotes": (
        "title: 'It's a flood'\n",
        "1:12: the text in '…' ends at this apostrophe; put \"…\" around it instead",
    ),
    "words after the quote": (
        'title: "Flood" in B.C.\n',
        "1:15: the text in quotes ends here, and more follows; put '…' around all of it instead",
    ),
    "a field at the start": (
        "web: {{ road }} is closed\n",
        "1:6: a text that begins with {{ must be in quotes, or stand below a |",
    ),
    "a field alone": (
        "web: {{ road }}\n",
        "1:6: web: a text that begins with {{ must be in quotes, or stand below a |",
    ),
    "an optional part at the start": (
        "a: 1\nweb: [[By {{ road }}.]] Drive slowly.\n",
        "2:6: a text that begins with [[ must be in quotes, or stand below a |",
    ),
    "an optional part alone": (
        "web: [[Drive slowly]]\n",
        "1:6: web: a text that begins with [[ must be in quotes, or stand below a |",
    ),
    "a condition at the start": (
        "web: {% if road %}a{% endif %}\n",
        "1:6: a text that begins with {% must be in quotes, or stand below a |",
    ),
    "an account at the start": (
        "- @DriveBC\n",
        "1:3: a text that begins with @ must be in quotes, or stand below a |",
    ),
    "an exclamation at the start": (
        "title: !Important\n",
        "1:8: title: a text that begins with ! must be in quotes, or stand below a |",
    ),
    "words beside the |": ("web: | Text here\n  more\n", "1:8: the text begins in the line below | or >"),
    "words not indented below the |": (
        "web: |\nText here\nb: 1\n",
        "2:1: a name with a colon is expected here; if the line belongs to the text above, indent it as far",
    ),
    "a list that is not closed": (
        "channels: [web, x\nb: 1\n",
        "1:11: the list that opens here is not closed with ], or a comma is missing in it",
    ),
    "a list at the end that is not closed": (
        "channels: [\n",
        "2:1: a list or a group above is not closed, or there is a comma too many",
    ),
    "a group that is not closed": (
        "- {value: x, label: y\nb: 1\n",
        "1:3: the group that opens here is not closed with }, or a comma is missing in it",
    ),
    "a path in quotes": (
        'a: "C:\\path"\n',
        "1:7: a \\ means something in \"…\"; put the text in '…' instead",
    ),
    "a list beside its name": ("roles: - pio\n", "1:8: a list begins in a line of its own, below its name"),
    "a text after a list": (
        "a: [b] c\n",
        "1:8: this does not belong to what stands before it; all of it must be in quotes, or stand below a |",
    ),
    "a line that begins with a mark": (
        "id: a\n`title: x\n",
        "2:1: nothing can begin with ` here, unless it is in quotes",
    ),
    "a name that begins with a mark": (
        "id: a\n&*title: x\n",
        "2:1: nothing can begin with & here, unless it is in quotes",
    ),
    "a first line that is indented": (
        "  id: a\ntitle: x\n",
        "2:1: this line does not go on from the lines above; align it with the first",
    ),
    "what nobody writes": (
        "a: 1\n%b: 2\n",
        "2:3: this cannot be read (found unexpected non-alphabetical character); compare it with other lines",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_plainly(tmp_path: Path, slip: str) -> None:
    text, words = SLIPS[slip]
    path = write(tmp_path / "a.yaml", text)
    assert refusal(path) == f"{path}:{words}"


def test_every_name_that_stands_twice_is_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\n")
    assert refusal(path).splitlines() == [
        f"{path}:3:1: a stands here twice (first in line 1); only one can count",
        f"{path}:4:11: c: d stands here twice (first in line 4); only one can count",
    ]


def test_what_an_alias_repeats_is_told_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "a: &x {b: 1, b: {{ c }}}\nd: *x\n")
    assert refusal(path) == f"{path}:1:14: a: b stands here twice (first in line 1); only one can count"


def test_what_a_hash_cuts_off_is_worth_a_look(tmp_path: Path) -> None:
    # Given a hashtag, a number, a remark, and a # that is in quotes or in a word
    text = (
        "a: Follow #BCflood now\nb: Exit #92\nc: x # a remark\nd: 'Exit #92'\ne: Exit#92\nf: |\n  Exit #92\n"
    )
    path = write(tmp_path / "a.yaml", text)
    # When it is read, it can be used
    source = read_source(path)
    assert read_yaml(path).raw["a"] == "Follow"
    # Then the first two are told
    message = "from # on this is a remark and not used; if it belongs to the text, put it in quotes"
    assert [(str(finding(path, source, each)), each.weight) for each in source.mistakes] == [
        (f"{path}:1:11: a: {message}", "look"),
        (f"{path}:2:9: b: {message}", "look"),
    ]


# --- places

PLACES = """\
plain: one {{ a }}
more: one
  two {{ a }}
single: 'one {{ a }}'
double: "one {{ a }}"
twice: 'it''s {{ a }}'
escaped: "one \\n {{ a }}"
kept: |
  é 😀 one

    two {{ a }}
folded: >-
  one
  two

  three {{ a }}
alias: &x "{{ a }}"
same: *x
"""


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("plain", "1:12"),
        ("more", "3:7"),
        ("single", "4:14"),
        ("double", "5:14"),
        ("twice", "6:8"),  # here letters in the file are not those of the text, so its beginning is named
        ("escaped", "7:10"),
        ("kept", "11:9"),
        ("folded", "16:9"),
        ("alias", "17:12"),
        ("same", "17:12"),
    ],
)
def test_a_place_inside_a_text_is_found_however_it_is_written(tmp_path: Path, name: str, place: str) -> None:
    source = read_yaml(write(tmp_path / "a.yaml", PLACES.replace("\n", "\r\n").encode()))
    text = source.raw[name]
    at = text.index("{{")
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    assert source.place((name,), (line, column)) == place


def test_what_is_not_there_is_placed_at_what_is_around_it() -> None:
    node = yaml.compose("a: {b: 1}")
    assert node is not None
    assert Source({}, {(): node}).place(("a", "c", 0)) == "1:1"

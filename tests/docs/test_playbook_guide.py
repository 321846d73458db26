"""The guide for authors is followed in an empty folder, word by word: files, commands and what they answer.

A block of YAML stands below the sentence that says where it goes (WAYS). What commands print must be what is
shown below them; `…` stands for what changes from day to day.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from ecomms_bot.cli import cli
from ecomms_bot.playbook.channels import SIGN_CHARACTERS, SIGN_LINES, SIGN_PAGES
from ecomms_bot.playbook.library import Library, load, shipped_folder
from ecomms_bot.settings import VARIABLES

GUIDE = (Path(__file__).parents[2] / "docs" / "how-to" / "write-a-playbook.md").read_text()
BLOCK = re.compile(r"(?P<before>(?:(?!```).)*?)```(?P<kind>\w+)\n(?P<body>.*?)```\n", re.DOTALL)


@dataclass
class Block:
    """`intro`: the paragraph above it, on one line."""

    kind: str
    intro: str
    body: str


def blocks(page: str) -> Iterator[Block]:
    for match in BLOCK.finditer(page):
        paragraphs = match["before"].strip().split("\n\n")
        yield Block(match["kind"], " ".join(paragraphs[-1].split()), match["body"])


@dataclass
class Author:
    """Somebody at a terminal who does as the guide says."""

    folder: Path
    said: str = ""
    env: dict[str, str | None] = field(default_factory=lambda: dict.fromkeys(VARIABLES))

    def follow(self, block: Block) -> None:
        match block.kind:
            case "sh":
                self.said = "".join(self.type(line) for line in block.body.splitlines())
            case "yaml":
                self.write(block)
            case "text":
                assert re.fullmatch(as_shown(block.body), self.said), (
                    f"{block.body}\n--- but it says\n{self.said}"
                )
            case other:
                pytest.fail(f"nobody knows what to do with a block of {other}")

    # --- the terminal

    def type(self, line: str) -> str:
        line, _, out = (part.strip() for part in line.partition(" > "))
        words = shlex.split(line.replace("$PWD", str(self.folder)))
        env = dict(self.env)
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            env[name] = value
        match words:
            case [".", ".venv/bin/activate"]:
                return ""
            case ["mkdir", name]:
                (self.folder / name).mkdir()
                return ""
            case ["cd", name]:
                self.folder = (self.folder / name).resolve()
                return ""
            case ["ecomms", "run"]:
                self.run_would_offer(env)
                return ""
            case ["ecomms", *rest]:
                return self.ecomms(rest, env, out)
            case _:
                pytest.fail(f"a new user would not know {line}")

    def ecomms(self, words: list[str], env: Mapping[str, str | None], out: str) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            result = CliRunner().invoke(cli, words, env=env, prog_name="ecomms")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        if not out:
            return result.output
        (self.folder / out).write_text(result.stdout)
        return result.stderr

    @staticmethod
    def run_would_offer(env: Mapping[str, str | None]) -> None:
        library = Library.from_folder(Path(env["ECOMMS_PLAYBOOKS"] or ""))
        assert library.problems == ()
        titles = {loaded.playbook.title for loaded in library.playbooks.values()}
        assert titles == set(re.findall(r"`/ecomms start` offers \*(.+?)\* and \*(.+?)\*", GUIDE)[0])

    # --- the editor

    def write(self, block: Block) -> None:
        for sentence, way in WAYS.items():
            if found := re.search(sentence, block.intro):
                path = self.folder / found["file"]
                old = path.read_text() if path.exists() else ""
                path.write_text(way(old, found.groupdict().get("line") or "", block.body))
                return
        pytest.fail(f"the guide does not say where this goes: {block.intro}")


def anew(old: str, _line: str, body: str) -> str:
    assert not old
    return body


def at_the_end(old: str, _line: str, body: str) -> str:
    return old + body


def in_place(old: str, line: str, body: str) -> str:
    at = only(old, line)
    return old.replace(at, body)


def below(old: str, line: str, body: str) -> str:
    at = only(old, line)
    return old.replace(at, at + body)


def only(old: str, line: str) -> str:
    """The one line of the file that reads so."""
    found = [each for each in old.splitlines(keepends=True) if each.strip() == line]
    assert len(found) == 1, f"{line} stands there {len(found)} times"
    return found[0]


WAYS: Mapping[str, Callable[[str, str, str], str]] = {
    r"Make a new file, `(?P<file>[\w./-]+)`, with this in it:$": anew,
    r"At the end of `(?P<file>[\w./-]+)` add": at_the_end,
    r"[Ii]n (?:the same file, )?`(?P<file>[\w./-]+)`, write this in place of `(?P<line>[^`]+)`:$": in_place,
    r"[Ii]n `(?P<file>[\w./-]+)`, below `(?P<line>[^`]+)`, add:$": below,
}


def as_shown(text: str) -> str:
    """A pattern for an output that is shown in part: `…` is anything in a line, alone in it any lines."""
    lines = [r"(?:.*\n)*?" if line.strip() == "…" else as_line(line) for line in text.splitlines()]
    return "".join(lines)


def as_line(line: str) -> str:
    return ".*".join(map(re.escape, line.split("…"))) + "\n"


# --- following it


@pytest.fixture
def author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Author:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    bot = tmp_path / "bot"
    bot.mkdir()
    return Author(bot)


def test_the_guide_can_be_followed_from_an_empty_folder_to_the_end(author: Author) -> None:
    for block in blocks(GUIDE):
        author.follow(block)
    assert sorted(path.name for path in author.folder.glob("*.yaml")) == [
        "city-flood.yaml",
        "water-main.yaml",
    ]


def test_no_block_is_passed_over() -> None:
    assert len(list(blocks(GUIDE))) == GUIDE.count("```") / 2 > 25


def test_what_it_says_of_the_basics_is_so() -> None:
    basics = load(shipped_folder() / "basics.yaml")
    told = GUIDE.split("The basics have five:")[1].split("Our text")[0]
    assert re.findall(r"`([^`]+)`", told) == list(basics.tiers)
    assert len(basics.tiers) == 5
    paces = {level.cadence_minutes for level in basics.severities.values()}
    assert (min(paces), max(paces)) == (30, 24 * 60)
    assert " ".join(GUIDE.split()).count("every 30 minutes to once a day") == 1


def test_what_it_says_of_road_signs_is_so() -> None:
    assert (SIGN_PAGES, SIGN_LINES, SIGN_CHARACTERS) == (2, 3, 18)
    assert "Two pages of three lines, 18 characters in each" in GUIDE

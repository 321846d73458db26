"""The one table of what can be typed after `/ecomms`: help, the reference and the listener come from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from ecomms_bot.incident.policy import ANYONE, HOLDER, PERMISSIONS, ROLES, Act
from ecomms_bot.incident.wording import any_of
from ecomms_bot.slack.cards import answers
from ecomms_bot.slack.commands import correcting, course, drills, duty, remembering, showing, steps
from ecomms_bot.slack.commands.asked import Answer, Asked, normal
from ecomms_bot.slack.desk import Desk
from ecomms_bot.slack.names import COMMAND

SHORT = 3
"""Of so few letters too many words are alike."""
ALIKE = 0.7
"""How near a word must come to a command to be taken for it misspelt (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One command. `may` None: everybody, guests too. `about`: whether it needs an incident to be about."""

    word: str
    usage: str
    does: str
    may: Act | None
    answers: str
    refuses: str
    run: Callable[[Desk, Asked], Answer]
    about: Literal["an incident", "nothing"] = "an incident"
    also: tuple[str, ...] = ()
    """Other words for it, also in French; they are asked about, never carried out."""
    shows: bool = False
    """Without anything after it, it only shows what is so, to whoever may read the status."""
    shows_one: bool = False
    """So it does with the name of one thing; who may do more, the rules say."""

    @property
    def line(self) -> str:
        return f"{self.word} {self.usage}".strip()

    @property
    def who(self) -> str:
        if self.may is None:
            return "everyone"
        return who_may(self.may) + (f"; to see it, {who_may(Act.STATUS)}" if self.shows else "")


def who_may(act: Act) -> str:
    """As in "pio, ic or the holder of the incident"."""
    allowed = PERMISSIONS[act]
    if ANYONE in allowed:
        return ANYONE
    if allowed >= ROLES:
        return "everyone with a role; pio and ic for others too"
    if "communicator" in allowed:
        return "communicators and leads"
    return any_of([each for each in ("pio", "ic", HOLDER) if each in allowed])


def help_(desk: Desk, asked: Asked) -> Answer:
    """All commands; with a word: that one, and what can go wrong."""
    del desk
    found = COMMANDS.get(normal(asked.rest.lstrip("/")))
    if found is not None:
        return answers.help_one(
            f"{COMMAND} {found.line}", found.does, found.who, found.answers, found.refuses
        )
    return answers.help_text({each.line: each.does for each in COMMANDS.values()})


_FORM = "the form"
TABLE = (
    Typed(
        "start",
        "[playbook]",
        "open an incident or an exercise",
        Act.OPEN,
        f"{_FORM}; first a question if an incident of the same hazard is 15 minutes old or younger",
        "no such playbook: those there are",
        steps.start,
        about="nothing",
        also=("open", "begin", "new", "commencer", "démarrer", "ouvrir", "debut"),
    ),
    Typed(
        "next",
        "",
        "open what is most urgent",
        Act.DRAFT,
        "the form of the late update, of the approved text to be marked, of the draft that came back, "
        "or of the step that is due; two buttons for an approved text whose promised time has passed",
        "nothing to do: says what waits for approval, and what is promised next",
        steps.next_,
        also=("suivant", "prochain", "todo"),
    ),
    Typed(
        "step",
        "[id or title]",
        "list the steps of this phase; or start one and open its form",
        Act.DRAFT,
        "the list, with a button for each step; or the form",
        "no such step: the nearest ones",
        steps.step,
        also=("steps", "étape", "étapes", "etape", "tâche"),
        shows=True,
    ),
    Typed(
        "update",
        "",
        "write the scheduled update",
        Act.DRAFT,
        _FORM,
        "the phase has no scheduled update: how to see its steps",
        steps.update,
        also=("updates", "maj", "actualiser", "mise"),
    ),
    Typed(
        "correct",
        "[title or number]",
        "put right what was published: lists the texts that people can read now",
        Act.DRAFT,
        f"the list, with a button for each text; or {_FORM} of the correction, if only one can be meant",
        "nothing is published, no such text, or somebody corrects it already: who, and since when",
        correcting.correct,
        also=("correction", "corrections", "fix", "wrong", "corriger", "rectifier"),
    ),
    Typed(
        "facts",
        "[name [value, source]]",
        "show what is known, or all about one fact; or record what is so, and who says it",
        Act.FACTS,
        "the facts with unit, source, time, who recorded and confirmed them, first what sources disagree "
        "about; or the new entry, by its full name, and what follows from it",
        "no source, an unclear name, a value that its field does not take: the form of words that works",
        remembering.facts,
        also=("fact", "fait", "faits"),
        shows=True,
        shows_one=True,
    ),
    Typed(
        "note",
        "TEXT",
        "put something into the log: a call, a decision",
        Act.NOTE,
        "the number of its entry",
        "no words, or more than 3,000 characters: nothing is kept, the words come back",
        remembering.note,
        also=("notes", "noter", "memo"),
    ),
    Typed(
        "status",
        "",
        "show what is due, what waits, what is promised; elsewhere a list of open incidents",
        Act.STATUS,
        "the card and the last entries; or one line for each open incident",
        "nothing is open: how to begin",
        showing.status,
        about="nothing",
        also=("statut", "état", "list", "liste"),
    ),
    Typed(
        "phase",
        "[before, during or after]",
        "show the phase, or begin another one",
        Act.PHASE,
        "the new phase, its first step, what is still open from before; drafts, promises and reminders stay. "
        "Required steps that are not done: a form, one line for each",
        "no such phase, or it is that one already",
        course.phase,
        also=("phases",),
        shows=True,
    ),
    Typed(
        "severity",
        "[S1 to S4] REASON",
        "show the severity, or change it",
        Act.SEVERITY,
        "the new severity and how often updates come from the next text on; printed promises stay",
        "no reason, no such level, or it is that one already",
        course.severity,
        also=("sev", "level", "gravité", "sévérité"),
        shows=True,
    ),
    Typed(
        "remind",
        "TIME TEXT",
        "remind yourself: 14:30, 2:30pm, in 45 min, tomorrow 6am, Wed 8:00",
        Act.REMIND,
        "the time with date and zone; then a message to you at that time",
        "a time that has passed, that could mean two, or that is none: what to type instead",
        remembering.remind,
        also=("reminder", "rappel", "rappeler"),
    ),
    Typed(
        "snooze",
        "[5 or 10]",
        "say the last reminder of the promised update once more, 5 or 10 minutes later",
        Act.REMIND,
        "the time; the promise stays",
        "nothing is promised, nothing was reminded of yet, or it was put off once already",
        remembering.snooze,
        also=("later", "plus-tard"),
    ),
    Typed(
        "standdown",
        "until WHEN",
        "rest until the time that the last public text promises",
        Act.STAND_DOWN,
        "the time with date and zone; reminders of steps wait until then",
        "the text promises another time, or something is being decided: what is so and the ways on",
        course.stand_down,
        also=("stand-down", "stand", "rest", "pause", "repos"),
    ),
    Typed(
        "handover",
        "@person [note]",
        "ask somebody to run the incident from now on",
        Act.HANDOVER,
        "who was asked, and the brief that they read; until they accept nothing changes",
        "nobody chosen from Slack's list, or somebody who may not run it",
        course.hand_over,
        also=("hand-over", "hand", "relève", "transfer", "passation"),
    ),
    Typed(
        "duty",
        "[on or off] [@person] [until WHEN]",
        "see who is on duty; go off duty, until a time or further notice, or on again",
        Act.DUTY,
        "each role with who is on duty, and who is off until when; or how you stand now, and what you run",
        "a time that has passed or is none, somebody without a role, no roles in `ecomms.yaml`",
        duty.duty,
        about="nothing",
        also=("on-duty", "oncall", "on-call", "shift", "garde", "permanence"),
        shows=True,
    ),
    Typed(
        "log",
        "",
        "show the last entries of the log",
        Act.LOG,
        "the last 15 entries, and the log's full head",
        "no incident here: a button for each open one",
        showing.log,
        also=("logs", "journal", "timeline", "history"),
    ),
    Typed(
        "report",
        "",
        "get the whole log as two files",
        Act.REPORT,
        "the files, in your messages with the bot",
        "no incident here: a button for each open one",
        showing.report,
        also=("reports", "rapport", "export"),
    ),
    Typed(
        "close",
        "[error]",
        "end the incident; error: it was opened by mistake",
        Act.CLOSE,
        "the form, which lists what is still open, with a line for each required step and question",
        "an update is promised: publish a final text first; a text went out: it was no mistake",
        course.close,
        also=("end", "fermer", "finish", "stop", "clôturer"),
    ),
    Typed(
        "drill",
        "[name]",
        "list the drills that people can take part in; or begin one, always as an exercise",
        Act.OPEN,
        "the list, with a button for each drill; or the form that begins it",
        "no such drill: those there are",
        drills.drill,
        about="nothing",
        also=("drills", "exercise", "training", "practice", "exercice"),
        shows=True,
    ),
    Typed(
        "help",
        "[command]",
        "show this list; or all about one command",
        None,
        "the list",
        "nothing",
        help_,
        about="nothing",
        also=("aide", "hilfe", "ayuda", "commands"),
    ),
)
COMMANDS: dict[str, Typed] = {each.word: each for each in TABLE}


def meant(word: str) -> str:
    """The command that a word is near to: misspelt, another word for it, begun or longer; "" if none is."""
    others = {normal(other): each.word for each in TABLE for other in (each.word, *each.also)}
    if word in others:
        return others[word]
    for known in (COMMANDS, others if len(word) > SHORT else ()):
        if near := get_close_matches(word, known, 1, ALIKE):
            return others[near[0]]
    begun = [
        each.word
        for each in TABLE
        if len(word) >= 3 and (each.word.startswith(word) or word.startswith(each.word))
    ]
    return begun[0] if len(begun) == 1 else ""


def as_markdown() -> str:
    """The table as the reference prints it."""
    head = "| Command | What it does | Who | What it answers | What can go wrong |"
    line = "| --- | --- | --- | --- | --- |"
    rows = [
        f"| `{COMMAND} {each.line}` | {each.does} | {each.who} | {each.answers} | {each.refuses} |"
        for each in TABLE
    ]
    return "\n".join([head, line, *rows])

"""Who may do what, cell by cell: every act for everyone, as the design's table has it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.policy import (
    PERMISSIONS,
    TERMINAL_ROLES,
    Act,
    Person,
    Roster,
    may,
    require,
    role_title,
    standing,
    usable_roles,
)
from ecomms_bot.incident.state import Draft, Incident
from ecomms_bot.incident.wording import Rejected
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    EXEC,
    IC,
    NO_ROLES,
    OBSERVER,
    PIO,
    RECORDS,
    ROSTER,
    SME,
    STRANGER,
    Story,
)

WRITE = ["open", "draft", "facts", "note", "remind", "mark", "end-release", "partners", "skip"]
COMMAND = ["phase", "severity", "stand-down", "close", "handover"]
GO_PAST = ["withdraw-promise", "override", "waive-partner", "leave-wrong", "duty-of-others"]
LEAD = ["second-review", "verify", "decide-fact"]
READ = ["log", "status", "report"]
KEEP = ["redact", "export", "configure"]

ACTS = {
    "open": Act.OPEN,
    "draft": Act.DRAFT,
    "facts": Act.FACTS,
    "verify": Act.VERIFY,
    "decide-fact": Act.DECIDE_FACT,
    "note": Act.NOTE,
    "remind": Act.REMIND,
    "mark": Act.MARK,
    "end-release": Act.END_RELEASE,
    "leave-wrong": Act.LEAVE_WRONG,
    "partners": Act.PARTNERS,
    "waive-partner": Act.WAIVE_PARTNER,
    "review": Act.REVIEW,
    "take-back": Act.TAKE_BACK,
    "withdraw-draft": Act.WITHDRAW_DRAFT,
    "phase": Act.PHASE,
    "severity": Act.SEVERITY,
    "stand-down": Act.STAND_DOWN,
    "skip": Act.SKIP,
    "close": Act.CLOSE,
    "handover": Act.HANDOVER,
    "withdraw-promise": Act.WITHDRAW_PROMISE,
    "override": Act.OVERRIDE,
    "second-review": Act.SECOND_REVIEW,
    "log": Act.LOG,
    "status": Act.STATUS,
    "report": Act.REPORT,
    "redact": Act.REDACT,
    "export": Act.EXPORT,
    "configure": Act.CONFIGURE,
    "duty": Act.DUTY,
    "duty-of-others": Act.DUTY_OF_OTHERS,
}

# The draft is a road closure: its tier asks for sme, pio and ic. It was written by HER, who is a communicator
# and holds the incident, by a second PIO and by somebody who has left all roles.
HER, WRITING_PIO, FORMER = "U-her", "U-writing-pio", "U-former"

MAY = {
    "a guest": [],
    "nobody in particular": [*READ],
    "an observer": ["duty", *READ],
    "records": ["duty", *READ, *KEEP],
    "a communicator": [*WRITE, "duty", *READ],
    "the sme": [*WRITE, "duty", "review", "take-back", *LEAD, *READ],
    "the exec": [*WRITE, "duty", *LEAD, *READ],
    "the pio": [*WRITE, "duty", "review", *COMMAND, *GO_PAST, *LEAD, *READ],
    "the ic": [*WRITE, "duty", "review", *COMMAND, *GO_PAST, *LEAD, *READ],
    "the holder, a communicator and author": [
        *WRITE,
        "duty",
        "withdraw-draft",
        "decide-fact",
        *COMMAND,
        *READ,
    ],
    "a pio who is an author": [*WRITE, "duty", "withdraw-draft", *COMMAND, *GO_PAST, *LEAD, *READ],
    "an author who has left all roles": ["withdraw-draft", *READ],
    "who sits at the terminal": ["duty", *READ, *KEEP],
}

PEOPLE: dict[str, Person] = {
    "a guest": Person("U-guest", frozenset({"pio", "records"}), guest=True),
    "nobody in particular": ROSTER.person(STRANGER),
    "an observer": ROSTER.person(OBSERVER),
    "records": ROSTER.person(RECORDS),
    "a communicator": ROSTER.person(COLLEAGUE),
    "the sme": ROSTER.person(SME),
    "the exec": ROSTER.person(EXEC),
    "the pio": ROSTER.person(PIO),
    "the ic": ROSTER.person(IC),
    "the holder, a communicator and author": Person(HER, frozenset({"communicator"})),
    "a pio who is an author": Person(WRITING_PIO, frozenset({"pio"})),
    "an author who has left all roles": Person(FORMER),
    "who sits at the terminal": Person("os:root", TERMINAL_ROLES),
}


@pytest.fixture(scope="module")
def closure() -> tuple[Incident, Draft]:
    members = {**ROSTER.members, "communicator": (HER, FORMER), "pio": (WRITING_PIO,)}
    story = Story(roster=Roster(members)).open(by=HER)
    for number, person in enumerate((HER, FORMER, WRITING_PIO)):
        story.submit("D3", by=person, facts={"detour": f"Highway {number}"})
    draft = story.approve(story.state.drafts[story.draft_id("D3")], SME)
    return story.state, draft


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", MAY)
def test_may(who: str, act: str, closure: tuple[Incident, Draft]) -> None:
    state, draft = closure
    person = PEOPLE[who]
    expected = act in MAY[who]
    assert may(person, ACTS[act], state, draft) == expected
    # and the refusal is the other face of the same table.
    if expected:
        require(person, ACTS[act], state, draft)
    else:
        with pytest.raises(Rejected) as no:
            require(person, ACTS[act], state, draft)
        assert no.value.code == ("guest" if person.guest else "not-allowed")


def test_every_act_and_every_cell_is_in_the_table() -> None:
    assert set(ACTS.values()) == set(Act) == set(PERMISSIONS)
    assert set(MAY) == set(PEOPLE)
    assert {act for allowed in MAY.values() for act in allowed} == set(ACTS)


# --- What a person is to the incident and the draft


def test_only_the_roles_of_the_draft_s_tier_review_it() -> None:
    story = Story().open()
    draft = story.submit("D1")
    reviewers = [
        person
        for person in (COMMUNICATOR, COLLEAGUE, SME, PIO, IC, EXEC, OBSERVER, RECORDS, STRANGER)
        if may(ROSTER.person(person), Act.REVIEW, story.state, draft)
    ]
    assert reviewers == [PIO]


def test_what_was_not_submitted_has_no_reviewer() -> None:
    story = Story().open()
    assert not may(ROSTER.person(PIO), Act.REVIEW, story.state, story.save("D1"))


def test_a_guest_fills_no_role_even_where_none_is_configured() -> None:
    story = Story(roster=NO_ROLES).open()
    revision = story.submit("D3").current
    assert usable_roles(Person("U-x"), story.state, revision) == {"sme", "pio", "ic"}
    assert usable_roles(Person("U-x", guest=True), story.state, revision) == frozenset()


def test_before_there_is_an_incident_nobody_holds_it() -> None:
    assert standing(Person(""), Story().state) == {"everyone but guests"}


def test_without_a_roles_file_everyone_writes_and_leads_but_nobody_redacts() -> None:
    person = NO_ROLES.person(STRANGER)
    state = Story(roster=NO_ROLES).open().state
    allowed = {act for act in Act if may(person, act, state)}
    assert allowed == set(Act) - {
        Act.REVIEW,
        Act.TAKE_BACK,
        Act.WITHDRAW_DRAFT,
        Act.REDACT,
        Act.EXPORT,
        Act.CONFIGURE,
    }
    assert not NO_ROLES.person(STRANGER, guest=True).roles


def test_roles_are_what_the_roster_says() -> None:
    roster = Roster({"pio": ("A", "B"), "sme": ("B",)})
    assert roster.person("B").roles == {"pio", "sme"}
    assert roster.person("B", guest=True).roles == frozenset()
    assert (roster.of("pio"), roster.of("ic")) == (("A", "B"), ())


# --- Who a notice to a role reaches


@pytest.mark.parametrize(
    ("members", "role", "people"),
    [
        ({"exec": ("E",), "pio": ("P",), "ic": ("I",)}, "exec", ("E",)),
        ({"pio": ("P",), "ic": ("I",)}, "exec", ("P",)),
        ({"ic": ("I",)}, "exec", ("I",)),
        ({}, "exec", (COMMUNICATOR,)),
    ],
)
def test_an_empty_role_is_stood_in_for(
    members: dict[str, tuple[str, ...]], role: str, people: tuple[str, ...]
) -> None:
    assert Roster(members).reach(role, Story().open().state) == people


def test_where_nobody_is_left_it_is_the_conversation() -> None:
    assert Roster({}).reach("pio", Incident("i1")) == ()


# --- How a refusal reads


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (Act.DRAFT, "Only communicators and leads may write a draft, and you are not one of them."),
        (Act.OVERRIDE, "Only pio or ic may override an approval, and you are not one of them."),
        (Act.CLOSE, "Only pio, ic or the holder of the incident may close the incident, and you are not"),
        (Act.WITHDRAW_DRAFT, "Only its authors may withdraw a draft, and you are not one of them."),
        (Act.EXPORT, "Only records may export the log, and you are not one of them."),
        (
            Act.REVIEW,
            "Only members of the roles that its tier asks for, who did not write it, may approve, ask",
        ),
    ],
)
def test_a_refusal_says_who_may(act: Act, words: str) -> None:
    with pytest.raises(Rejected) as no:
        require(Person("U-x"), act, Story().open().state)
    assert str(no.value).startswith(words)
    assert "Nothing was changed." in str(no.value)


def refusal(act: Act, story: Story) -> str:
    with pytest.raises(Rejected) as no:
        require(Person("U-x"), act, story.state)
    return str(no.value)


@pytest.mark.parametrize("act", [Act.DRAFT, Act.MARK, Act.CLOSE])
def test_who_may_not_is_sent_to_who_runs_the_incident_and_may(act: Act) -> None:
    story = Story().open()
    assert refusal(act, story).endswith(f"Nothing was changed. Ask {COMMUNICATOR}, who runs this incident.")


@pytest.mark.parametrize("act", [Act.WITHDRAW_PROMISE, Act.EXPORT, Act.REVIEW])
def test_and_not_where_that_person_may_not_either(act: Act) -> None:
    assert refusal(act, Story().open()).endswith("Nothing was changed.")


def test_nor_where_there_is_no_incident_or_none_any_more() -> None:
    assert refusal(Act.OPEN, Story()).endswith("Nothing was changed.")
    story = Story().open()
    story.do(c.CloseIncident("It is over."), PIO)
    assert refusal(Act.DRAFT, story).endswith("Nothing was changed.")


def test_guests_are_sent_to_a_full_member() -> None:
    check: Callable[[], None] = lambda: require(Person("U-x", guest=True), Act.LOG, Story().state)  # noqa: E731
    with pytest.raises(Rejected, match=r"Guests cannot read the log\. Please ask a full member"):
        check()


def test_while_slack_has_not_told_who_holds_a_role_nobody_is_told_that_they_do_not() -> None:
    # given a role whose members are not known yet
    story = Story().open()
    person = Roster({}, unread=frozenset({"pio"})).person("U-x")
    # then what the role may do is not refused as if it were known
    with pytest.raises(Rejected) as no:
        require(person, Act.SEVERITY, story.state)
    assert no.value.code == "unread"
    assert "Slack has not told yet who is pio" in str(no.value)
    assert "Nothing was changed. Try again in a minute" in str(no.value)
    # and what it may not do is refused as ever
    with pytest.raises(Rejected, match="you are not one of them"):
        require(person, Act.EXPORT, story.state)
    # and who is named holds it all the same
    assert Roster({"pio": ("U-x",)}, unread=frozenset({"pio"})).person("U-x").unread == frozenset()


def test_a_lead_s_role_is_named_in_full_and_the_others_are_words_already() -> None:
    assert role_title("pio") == "public information officer (pio)"
    assert role_title("communicator") == "communicator"

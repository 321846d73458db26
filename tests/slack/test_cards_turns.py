"""Changes of course, said once to everybody, and the offer to run an incident."""

from __future__ import annotations

from ecomms_bot.incident import commands as c
from ecomms_bot.playbook.instant import Instant
from ecomms_bot.slack import names
from ecomms_bot.slack.cards import render
from ecomms_bot.slack.message import Message
from tests.slack.life import COLLEAGUE, COMMUNICATOR, IC, PIO, ZONE, Life
from tests.slack.looks import buttons, words


def last_turn(life: Life) -> Message:
    return render(f"turn:{life.state.turns[-1].seq}", life.view)


def test_a_new_severity_says_why_and_that_promises_stay() -> None:
    life = Life()
    life.do(PIO, c.ChangeSeverity("S1", "The dike at Agassiz is over-topped."))

    assert words(last_turn(life)) == (
        f"Severity: S1 Life safety (was S2 Major), says <@{PIO}>.\n"
        "Why: The dike at Agassiz is over-topped.\n"
        "From the next text on, an update every 30 min. Promises that are out stay as they are."
    )


def test_a_new_phase_says_who_began_it() -> None:
    life = Life()
    life.do(IC, c.ChangePhase("after", "The road is open."))

    assert words(last_turn(life)) == (
        f"Phase: after (was during), says <@{IC}>.\n"
        "Why: The road is open.\n"
        "Still open from before: Holding statement (to do). It stays on the card until it is done or skipped."
    )


def test_a_rest_says_until_when_and_that_the_promise_is_still_watched() -> None:
    # given a text that went out and promises to go on in 60 minutes
    life = Life()
    life.submit("D1")
    life.approve_all("D1")
    life.mark("D1", "web", "x", "sms", "internal")
    until = life.promise().due.utc
    # when the team stands down until then
    life.do(PIO, c.StandDown(Instant.of(until, ZONE)))
    # then the conversation and the card say so
    said = words(last_turn(life))
    assert said.startswith("The team stands down until Sun 14 Nov, 21:0")
    assert "Reminders of the promise come as always." in said
    assert "the team stands down until Sun 14 Nov, 21:0" in words(render("card", life.view))


def test_who_is_asked_to_run_it_reads_a_brief_and_accepts_with_one_click() -> None:
    # given an incident in which a text waits
    life = Life()
    life.submit("D1")
    # when its opener asks a colleague to run it
    life.do(COMMUNICATOR, c.OfferHandover(COLLEAGUE, "Closure text waits for operations."))
    offer = life.state.handover
    assert offer is not None
    brief = render(f"handover:{offer.id}", life.view, kind="dm", user=COLLEAGUE)
    # then the brief says who asks, what about, what they would take over
    said = words(brief)
    assert said.startswith(f"<@{COMMUNICATOR}> asks you to run Highway 7 flooding in ")
    assert "Until you accept, nothing changes." in said
    assert f"<@{COMMUNICATOR}> says: Closure text waits for operations." in said
    assert "Waiting for approval\n• Holding statement, revision 1: since " in said
    assert buttons(brief) == {"Accept": (names.ACCEPT, names.pack(life.state.id, offer.id))}
    # and the card says that it is not settled
    assert f"<@{COLLEAGUE}> was asked to run this incident" in words(render("card", life.view))
    # when they accept
    life.do(COLLEAGUE, c.AcceptHandover(offer.id))
    # then everybody reads who runs it
    assert words(last_turn(life)) == (
        f"<@{COLLEAGUE}> runs this incident now. <@{COMMUNICATOR}> handed it over."
    )
    assert f"Run by <@{COLLEAGUE}>" in words(render("card", life.view))


def test_what_people_typed_pings_nobody() -> None:
    life = Life()
    life.do(PIO, c.ChangeSeverity("S1", "<!channel> look & see <@U0IC>"))

    assert "<!channel>" not in str(last_turn(life).blocks)
    assert "&lt;!channel&gt; look &amp; see &lt;@U0IC&gt;" in str(last_turn(life).blocks)


def test_in_an_exercise_it_is_marked() -> None:
    life = Life(exercise=True)
    life.do(PIO, c.ChangeSeverity("S1", "Inject 4."))

    assert last_turn(life).text.startswith("EXERCISE - ")

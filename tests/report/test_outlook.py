"""What is owed in one incident, for a terminal: corrections and texts with an end among it."""

from __future__ import annotations

from ecomms_bot.incident import commands as c
from ecomms_bot.playbook.values import EXPIRES
from ecomms_bot.report.outlook import outlook
from tests.incident.put_right import correct, correcting_book
from tests.incident.stories import COMMUNICATOR, Story, at, instant


def owed(story: Story) -> list[str]:
    return [str(each.sentence) for each in outlook(story.state)]


def test_a_correction_is_owed_until_it_is_everywhere() -> None:
    story = Story().open(playbook=correcting_book())
    wrong = story.publish("D1")
    draft = correct(story, wrong, "x")
    said = f"to be put right on SMS, Web as well: Correction, revision 1, {COMMUNICATOR}"
    assert said in owed(story)
    story.mark(draft, "sms", "web")
    assert said not in owed(story)


def test_a_text_that_holds_until_a_time_is_owed_by_then() -> None:
    story = Story().open(playbook=correcting_book())
    closure = story.publish("D3", facts={EXPIRES: instant(at(22, 0))})
    (line,) = (each for each in outlook(story.state) if "taken down" in str(each.sentence))
    assert line.due == at(22, 0)
    assert str(line.sentence).startswith("to be renewed or taken down: ")
    channels = tuple(closure.current.receipts)
    story.do(c.EndRelease(closure.id, 1, channels, "The road is open."), COMMUNICATOR)
    assert not any("taken down" in each for each in owed(story))

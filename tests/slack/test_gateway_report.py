"""The log as files, as the gateway sends it: marked, with names, once or visibly unsure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.things import Place
from ecomms_bot.service.ports import CannotShow, TryLater
from ecomms_bot.slack import reports
from tests.slack.gateway_world import World
from tests.slack.life import COMMUNICATOR, Life


@pytest.fixture
def lived(world: World) -> World:
    """A real incident, whose communicator Slack knows as Mara."""
    take(world, Life())
    world.names = {COMMUNICATOR: "Mara Lund"}
    return world


def take(world: World, life: Life) -> None:
    life.do(COMMUNICATOR, c.AddNote("The dike holds."))
    world.state, world.entries = life.state, life.log


def send(world: World, *, again: bool = False) -> None:
    world.show("report", Place(user=world.pia.id), thing="report:w1", again=again, user=world.pia.id)


def test_the_files_come_into_the_direct_messages_of_whoever_asked(lived: World) -> None:
    send(lived)
    [message] = lived.pia.dms()
    assert [file.name.partition("-log-")[2] for file in message.files] == ["w1.md", "w1.csv"]
    kinds = [file.title.removeprefix("Log of Highway 7 flooding ") for file in message.files]
    assert kinds == ["(md)", "(csv)"]
    assert "| Mara Lund | " in message.files[0].data.decode()
    assert lived.mara.dms() == []


def test_it_takes_one_call_to_show_them(lived: World) -> None:
    send(lived)
    assert [call.method for call in lived.workspace.calls] == [
        "conversations.open",
        "files.getUploadURLExternal",
        "upload_url",
        "files.getUploadURLExternal",
        "upload_url",
        "files.completeUploadExternal",
    ]


def test_a_log_that_is_not_whole_is_sent_and_called_that(lived: World) -> None:
    lived.problems = ("incident i7 entry 3: the content does not match its hash",)
    send(lived)
    [message] = lived.pia.dms()
    assert "⚠️ The log could NOT be verified. Tell whoever runs the bot." in message.text
    assert "NOT verified: incident i7 entry 3" in message.files[0].data.decode()


def test_a_typed_name_is_no_markup_in_the_comment(world: World) -> None:
    take(world, Life(name="<!channel> & *all*"))
    send(world)
    [message] = world.pia.dms()
    assert "The log of &lt;!channel&gt; &amp; *all* as of" in message.text


def test_files_of_an_exercise_without_the_mark_are_not_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(world, Life(exercise=True))
    send(world)  # as it should be
    assert len(world.pia.dms()) == 1
    monkeypatch.setattr(reports, "mark", lambda text: text)
    with pytest.raises(CannotShow, match="did not carry the mark EXERCISE"):
        send(world)
    assert len(world.pia.dms()) == 1


@pytest.mark.parametrize("fault", ["server_error", "drop_before", "drop_after"])
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload_url"])
def test_what_fails_before_they_are_shared_did_not_happen(lived: World, method: str, fault: str) -> None:
    getattr(lived.workspace.faults, fault)(method)
    with pytest.raises(TryLater) as later:
        send(lived)
    assert not later.value.maybe_done
    assert lived.pia.dms() == []
    send(lived)
    assert len(lived.pia.dms()) == 1


@pytest.mark.parametrize("status", [403, 404, 413])
def test_a_file_that_is_refused_for_good_is_told_and_not_tried_without_end(lived: World, status: int) -> None:
    lived.workspace.faults.server_error("upload_url", status=status)
    with pytest.raises(CannotShow, match="takes no files"):
        send(lived)
    assert lived.pia.dms() == []


@pytest.mark.parametrize("status", [408, 500, 503])
def test_a_file_that_did_not_get_through_this_time_is_tried_again(lived: World, status: int) -> None:
    lived.workspace.faults.server_error("upload_url", status=status)
    with pytest.raises(TryLater):
        send(lived)


def test_a_lost_answer_to_the_sharing_may_have_done_it_and_is_looked_up(lived: World) -> None:
    lived.workspace.faults.drop_after("files.completeUploadExternal")
    with pytest.raises(TryLater) as later:
        send(lived)
    assert later.value.maybe_done
    send(lived, again=True)
    assert len(lived.pia.dms()) == 1


def test_files_of_another_report_are_not_taken_for_this_one(lived: World) -> None:
    send(lived)
    ref = lived.show("report", Place(user=lived.pia.id), thing="report:w2", again=True, user=lived.pia.id)
    assert ref.unsure
    assert len(lived.pia.dms()) == 2
    assert "Sent again: the first attempt may have arrived." in lived.pia.dms()[-1].text


def test_a_person_whose_account_is_off_is_told_to_nobody_as_lost_but_refused(lived: World) -> None:
    lived.workspace.deactivate("pia")
    with pytest.raises(CannotShow, match="account is switched off"):
        send(lived)


def test_a_busy_slack_is_waited_for_as_long_as_it_asks(lived: World) -> None:
    lived.workspace.faults.rate_limited("upload_url", retry_after=7)
    with pytest.raises(TryLater) as later:
        send(lived)
    assert later.value.retry_after == 7.0


def test_nothing_of_it_is_looked_at_by_the_state_that_was_read_before(lived: World) -> None:
    """The files show the log as it is when it is read whole, also if it grew since the task was taken."""
    earlier = replace(lived.state, seq=1, hash="0" * 64)
    gateway = lived.make_gateway(state=lambda _: earlier)
    lived.gateway = gateway
    send(lived)
    [message] = lived.pia.dms()
    assert f"={lived.state.seq}:{lived.state.hash}" in message.text

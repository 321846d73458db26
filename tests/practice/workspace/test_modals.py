"""Modals: opening, filling in, submitting, and what the app can answer with."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ecomms_bot.practice.workspace import Conversation, Modal, NotOnScreen, Person, Workspace
from tests.practice.workspace.conftest import MachineClock
from tests.practice.workspace.harness import (
    Bots,
    actions,
    button,
    field,
    modal,
    opens,
    option,
    plain,
    section,
    text_field,
)

Json = dict[str, Any]


class Asked:
    """A bot that opens `view` on /open, keeps each submission and acks it as `answer` says."""

    def __init__(self, app: App, bots: Bots, view: Json) -> None:
        self.bodies: list[Json] = []
        self.answer: Json = {}
        opens(app, view)
        app.view("form")(self._submitted)
        app.view("second")(self._submitted)
        bots.connect(app)

    def _submitted(self, ack: Ack, body: Json) -> None:
        self.bodies.append(body)
        ack(**self.answer)

    @property
    def values(self) -> Json:
        values: Json = self.bodies[-1]["view"]["state"]["values"]
        return values


def top(person: Person) -> Modal:
    assert person.modal is not None
    return person.modal


def test_an_empty_ack_closes_the_modal(app: App, bots: Bots, mara: Person, ops: Conversation) -> None:
    bot = Asked(app, bots, modal(text_field("Name", "name"), private_metadata="kept"))
    opened = mara.command(ops, "/open")
    assert (top(mara).title, top(mara).labels, top(mara).submit_text) == ("A modal", ["Name"], "Next")
    assert mara.opened_by(opened) == mara.modal

    mara.fill({"Name": "Highway 5"})
    answer = mara.submit()

    assert (answer.ok, answer.closed, mara.modal) == (True, True, None)
    assert bot.values == {"name": {"typed": {"type": "plain_text_input", "value": "Highway 5"}}}
    view = bot.bodies[0]["view"]
    assert (view["private_metadata"], view["callback_id"], view["type"]) == ("kept", "form", "modal")
    assert (view["root_view_id"], view["previous_view_id"]) == (view["id"], None)
    assert bot.bodies[0]["user"]["id"] == mara.id
    assert bot.bodies[0]["response_urls"] == []


def test_errors_stand_next_to_their_field_and_nothing_typed_is_lost(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    bot = Asked(app, bots, modal(text_field("Name", "name"), text_field("Where", "where")))
    bot.answer = {"response_action": "errors", "errors": {"where": "Say where."}}
    mara.command(ops, "/open")
    mara.fill({"Name": "Highway 5", "Where": "?"})

    answer = mara.submit()

    assert (answer.ok, answer.errors, answer.error) == (False, {"Where": "Say where."}, None)
    assert top(mara).errors == {"Where": "Say where."}
    assert top(mara).field("Name") == "Highway 5"

    bot.answer = {}
    mara.fill({"Where": "Hope"})
    assert mara.submit().closed
    assert [body["view"]["id"] for body in bot.bodies] == [bot.bodies[0]["view"]["id"]] * 2


def test_an_error_for_an_unknown_block_is_trouble(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    bot = Asked(app, bots, modal(text_field("Name", "name"), section("text", block_id="words")))
    mara.command(ops, "/open")
    mara.fill({"Name": "x"})

    for unknown in ("nowhere", "words"):
        bot.answer = {"response_action": "errors", "errors": {unknown: "?"}}
        answer = mara.submit()
        assert answer.error == "We had some trouble connecting. Try again?"
        assert answer.refusal is not None
        assert unknown in str(answer.refusal)
    assert top(mara).field("Name") == "x"


def test_an_update_changes_the_modal_in_place_and_keeps_what_was_typed(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    bot = Asked(app, bots, modal(text_field("Name", "name"), text_field("Old", "old")))
    changed = modal(
        text_field("Name of it", "name", initial_value="ignored"),
        text_field("New", "new", initial_value="fresh"),
        title="Changed",
    )
    bot.answer = {"response_action": "update", "view": changed}
    mara.command(ops, "/open")
    before = top(mara)
    first_hash = before.view.hash
    mara.fill({"Name": "typed", "Old": "gone"})

    answer = mara.submit()

    assert (answer.updated, answer.ok) == (True, True)
    assert (top(mara).id, top(mara).title) == (before.id, "Changed")
    assert top(mara).view.hash != first_hash
    assert (top(mara).field("Name of it"), top(mara).field("New")) == ("typed", "fresh")


def test_pushed_views_stack_up_and_each_closes_alone(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    bot = Asked(app, bots, modal(text_field("Name", "name")))
    bot.answer = {
        "response_action": "push",
        "view": modal(section("Sure?"), callback_id="second", title="Two"),
    }
    mara.command(ops, "/open")
    mara.fill({"Name": "typed"})

    assert mara.submit().pushed

    assert [one.title for one in mara.modals] == ["A modal", "Two"]
    first, second = mara.modals
    assert (second.view.previous_id, second.view.root_id) == (first.id, first.id)
    assert first.field("Name") == "typed"  # below in the stack, and kept

    bot.answer = {}
    assert mara.submit().closed
    assert [one.title for one in mara.modals] == ["A modal"]


def test_clear_closes_the_whole_stack(app: App, bots: Bots, mara: Person, ops: Conversation) -> None:
    bot = Asked(app, bots, modal(section("one")))
    bot.answer = {"response_action": "push", "view": modal(section("two"))}
    mara.command(ops, "/open")
    mara.submit()
    bot.answer = {"response_action": "clear"}

    assert mara.submit().cleared
    assert mara.modals == []


def test_a_stack_holds_three_views(app: App, bots: Bots, mara: Person, ops: Conversation) -> None:
    bot = Asked(app, bots, modal(section("one")))
    bot.answer = {"response_action": "push", "view": modal(section("more"))}
    mara.command(ops, "/open")
    mara.submit()
    mara.submit()

    answer = mara.submit()

    assert len(mara.modals) == 3
    assert answer.error == "We had some trouble connecting. Try again?"
    assert answer.refusal is not None
    assert answer.refusal.code == "push_limit_reached"


def test_an_answer_with_a_view_that_slack_refuses_is_trouble(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    bot = Asked(app, bots, modal(text_field("Name", "name")))
    mara.command(ops, "/open")
    mara.fill({"Name": "kept"})

    bot.answer = {
        "response_action": "update",
        "view": modal(section("x"), title="a title of far too many letters"),
    }
    assert not mara.submit().ok
    bot.answer = {"response_action": "explode"}
    assert not mara.submit().ok
    assert top(mara).field("Name") == "kept"


EVERY_INPUT = (
    field("Text", {"type": "plain_text_input", "action_id": "a", "initial_value": "first"}, "text"),
    field("Empty", {"type": "plain_text_input", "action_id": "a"}, "empty", optional=True),
    field("Number", {"type": "number_input", "action_id": "a", "is_decimal_allowed": False}, "number"),
    field("Link", {"type": "url_text_input", "action_id": "a"}, "link", optional=True),
    field(
        "Severity",
        {
            "type": "static_select",
            "action_id": "a",
            "options": [option("S1 severe", "S1"), option("S2 major", "S2")],
            "initial_option": option("S2 major", "S2"),
        },
        "severity",
    ),
    field(
        "Mode",
        {
            "type": "radio_buttons",
            "action_id": "a",
            "options": [option("Live", "live"), option("Exercise", "ex")],
        },
        "mode",
    ),
    field(
        "Channels",
        {"type": "checkboxes", "action_id": "a", "options": [option("Web", "web"), option("X", "x")]},
        "channels",
        optional=True,
    ),
    field("Who", {"type": "users_select", "action_id": "a"}, "who", optional=True),
    field("People", {"type": "multi_users_select", "action_id": "a"}, "people", optional=True),
    field("When", {"type": "datetimepicker", "action_id": "a"}, "when", optional=True),
    field("Day", {"type": "datepicker", "action_id": "a"}, "day", optional=True),
    field("Hour", {"type": "timepicker", "action_id": "a", "initial_time": "06:00"}, "hour"),
)


def test_the_state_holds_every_input_in_slacks_shape(
    app: App, bots: Bots, mara: Person, lee: Person, ops: Conversation
) -> None:
    bot = Asked(app, bots, modal(*EVERY_INPUT))
    mara.command(ops, "/open")
    mara.fill(
        {
            "Number": 140,
            "Mode": "Exercise",
            "Channels": ["X"],
            "Who": "lee",
            "People": ["lee", "mara"],
            "When": datetime(2021, 11, 15, 4, 30, tzinfo=UTC),
            "Day": "2021-11-15",
        }
    )
    assert mara.submit().ok

    def shown(text: str, value: str) -> Json:
        return {"text": {"type": "plain_text", "text": text, "emoji": True}, "value": value}

    assert {block: entry["a"] for block, entry in bot.values.items()} == {
        "text": {"type": "plain_text_input", "value": "first"},
        "empty": {"type": "plain_text_input", "value": None},
        "number": {"type": "number_input", "value": "140"},
        "link": {"type": "url_text_input", "value": None},
        "severity": {"type": "static_select", "selected_option": shown("S2 major", "S2")},
        "mode": {"type": "radio_buttons", "selected_option": shown("Exercise", "ex")},
        "channels": {"type": "checkboxes", "selected_options": [shown("X", "x")]},
        "who": {"type": "users_select", "selected_user": lee.id},
        "people": {"type": "multi_users_select", "selected_users": [lee.id, mara.id]},
        "when": {"type": "datetimepicker", "selected_date_time": 1_636_950_600},
        "day": {"type": "datepicker", "selected_date": "2021-11-15"},
        "hour": {"type": "timepicker", "selected_time": "06:00"},
    }


def test_untouched_choices_are_there_and_empty(app: App, bots: Bots, mara: Person, ops: Conversation) -> None:
    bot = Asked(app, bots, modal(*EVERY_INPUT))
    mara.command(ops, "/open")

    mara.submit(unchecked=True)

    empty = {block: entry["a"] for block, entry in bot.values.items()}
    assert empty["mode"] == {"type": "radio_buttons", "selected_option": None}
    assert empty["channels"] == {"type": "checkboxes", "selected_options": []}
    assert empty["people"] == {"type": "multi_users_select", "selected_users": []}
    assert empty["when"] == {"type": "datetimepicker", "selected_date_time": None}
    assert empty["number"] == {"type": "number_input", "value": None}


@pytest.mark.parametrize(
    ("element", "value", "said"),
    [
        ({"type": "plain_text_input"}, None, "Please complete this required field."),
        ({"type": "plain_text_input", "max_length": 5}, "sixsix", "This must be 5 characters or fewer."),
        ({"type": "plain_text_input"}, "x" * 3001, "This must be 3000 characters or fewer."),
        ({"type": "plain_text_input", "min_length": 3}, "ab", "This must be 3 characters or more."),
        ({"type": "number_input", "is_decimal_allowed": False}, "many", "Enter a number."),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Enter a whole number."),
        (
            {"type": "number_input", "is_decimal_allowed": True, "min_value": "2"},
            1,
            "Enter a number of 2 or more.",
        ),
        (
            {"type": "number_input", "is_decimal_allowed": True, "max_value": "2"},
            3,
            "Enter a number of 2 or less.",
        ),
        ({"type": "url_text_input"}, "drivebc", "Enter a valid URL."),
        ({"type": "email_text_input"}, "mara", "Enter a valid email address."),
    ],
)
def test_what_slacks_client_keeps_back_never_reaches_the_app(
    app: App, bots: Bots, mara: Person, ops: Conversation, *, element: Json, value: Any, said: str
) -> None:
    bot = Asked(app, bots, modal(field("It", {**element, "action_id": "a"}, "it")))
    mara.command(ops, "/open")
    mara.fill({"It": value})

    answer = mara.submit()

    assert (answer.ok, answer.sent, answer.errors) == (False, False, {"It": said})
    assert bot.bodies == []
    assert mara.submit(unchecked=True).ok  # a forged one does


def test_a_trigger_opens_one_view_within_three_seconds(
    app: App, bots: Bots, client: WebClient, mara: Person, ops: Conversation, *, machine: MachineClock
) -> None:
    app.command("/nothing")(lambda ack: ack())
    bots.connect(app)

    def refused(trigger: str | None) -> str:
        with pytest.raises(SlackApiError) as error:
            client.views_open(trigger_id=trigger, view=modal(section("x")))
        return str(error.value.response["error"])

    old = mara.command(ops, "/nothing").trigger_id
    machine.seconds += 3.1
    fresh = mara.command(ops, "/nothing").trigger_id
    assert refused(old) == "expired_trigger_id"
    assert refused("1.2.abc") == "invalid_trigger_id"

    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.views_open(trigger_id=fresh, view={"type": "modal"})
    client.views_open(trigger_id=fresh, view=modal(section("x")))  # a refused view has not used it up
    assert refused(fresh) == "exchanged_trigger_id"


def test_push_needs_a_trigger_from_inside_a_modal(
    app: App, bots: Bots, client: WebClient, mara: Person, ops: Conversation
) -> None:
    def more(ack: Ack, body: Json) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=modal(section("two"), title="Pushed"))

    app.action("more")(more)
    app.command("/nothing")(lambda ack: ack())
    opens(app, modal(actions(button("More", "more"))))
    bots.connect(app)

    outside = mara.command(ops, "/nothing").trigger_id
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_push(trigger_id=outside, view=modal(section("two")))

    mara.command(ops, "/open")
    assert mara.press("More").ok
    mara.wait_for(lambda: len(mara.modals) == 2)
    assert top(mara).title == "Pushed"


def test_update_by_id_by_external_id_and_by_hash(
    app: App, bots: Bots, client: WebClient, mara: Person, ops: Conversation
) -> None:
    opens(app, modal(section("x"), external_id="flood-7"))
    bots.connect(app)
    mara.command(ops, "/open")
    view = top(mara).view
    old_hash = view.hash

    client.views_update(view_id=view.id, hash=old_hash, view=modal(section("y"), external_id="flood-7"))
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=view.id, hash=old_hash, view=modal(section("z")))
    client.views_update(external_id="flood-7", view=modal(section("z")))

    assert top(mara).plain() == "A modal\nz"
    mara.close_modal()
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_update(view_id=view.id, view=modal(section("too late")))


def test_an_external_id_is_used_once_at_a_time(
    app: App, bots: Bots, client: WebClient, mara: Person, ops: Conversation
) -> None:
    app.command("/nothing")(lambda ack: ack())
    bots.connect(app)

    def open_it() -> None:
        client.views_open(
            trigger_id=mara.command(ops, "/nothing").trigger_id, view=modal(section("x"), external_id="one")
        )

    open_it()
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        open_it()
    mara.close_modal()
    open_it()


def test_a_view_of_more_than_250_kilobytes_is_too_large(
    app: App, bots: Bots, client: WebClient, mara: Person, ops: Conversation
) -> None:
    app.command("/nothing")(lambda ack: ack())
    bots.connect(app)
    big = modal(*(section("ü" * 2999) for _ in range(50)))

    with pytest.raises(SlackApiError, match="view_too_large"):
        client.views_open(trigger_id=mara.command(ops, "/nothing").trigger_id, view=big)


def test_closing_is_told_only_to_a_view_that_asked(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    closed: list[Json] = []

    def gone(ack: Ack, body: Json) -> None:
        closed.append(body)
        ack()

    app.view_closed("asked")(gone)
    opens(app, modal(section("x")), "/quiet")
    opens(app, modal(section("x"), callback_id="asked", notify_on_close=True), "/asked")
    bots.connect(app)

    mara.command(ops, "/quiet")
    assert mara.close_modal().sent is False
    mara.command(ops, "/asked")
    assert mara.close_modal().sent is True

    assert [(body["type"], body["is_cleared"]) for body in closed] == [("view_closed", False)]
    assert mara.modal is None


def test_a_view_may_ask_that_closing_it_closes_the_whole_stack(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    closed: list[bool] = []

    def gone(ack: Ack, body: Json) -> None:
        closed.append(body["is_cleared"])
        ack()

    app.view_closed("form")(gone)
    told: Json = {"clear_on_close": True, "notify_on_close": True}
    bot = Asked(app, bots, modal(section("one"), **told))
    bot.answer = {"response_action": "push", "view": modal(section("two"), **told)}
    mara.command(ops, "/open")
    mara.submit()

    mara.close_modal()

    assert (mara.modals, closed) == ([], [True, True])


def test_closing_a_pushed_view_shows_the_one_below(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    bot = Asked(app, bots, modal(text_field("Name", "name")))
    bot.answer = {"response_action": "push", "view": modal(section("two"), title="Two")}
    mara.command(ops, "/open")
    mara.fill({"Name": "typed"})
    mara.submit()

    mara.close_modal()

    assert [one.title for one in mara.modals] == ["A modal"]
    assert top(mara).field("Name") == "typed"


def test_a_choice_survives_an_update_only_while_it_is_offered(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    def offering(*names: str) -> Json:
        menu = {"type": "static_select", "action_id": "a", "options": [option(name, name) for name in names]}
        return modal(field("Which", menu, "which"))

    bot = Asked(app, bots, offering("one", "two"))
    mara.command(ops, "/open")
    mara.fill({"Which": "two"})

    bot.answer = {"response_action": "update", "view": offering("two", "three")}
    mara.submit()
    assert top(mara).field("Which") == "two"
    bot.answer = {"response_action": "update", "view": offering("three")}
    mara.submit()
    assert top(mara).field("Which") is None
    assert top(mara).options("Which") == ["three"]


def test_a_field_says_what_it_is_and_can_be_emptied(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    hinted = {**text_field("Name", "name", initial_value="x"), "hint": plain("Next keeps it.")}
    opens(app, modal(hinted, *EVERY_INPUT))
    bots.connect(app)
    mara.command(ops, "/open")
    mara.fill({"Name": None, "Channels": ["Web", "x"], "Day": date(2021, 11, 15), "Hour": time(6, 30)})

    shown = top(mara)

    assert (shown.field("name"), shown.hint("Name")) == (None, "Next keeps it.")
    assert (shown.field("Channels"), shown.field("Day"), shown.field("Hour")) == (
        ["Web", "X"],
        "2021-11-15",
        "06:30",
    )
    assert shown.element("Name")["type"] == "plain_text_input"
    mara.fill({"Channels": None})
    assert shown.field("Channels") == []


def test_each_of_several_modals_is_filled_and_submitted_on_its_own(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    bot = Asked(app, bots, modal(text_field("Name", "name")))
    first = mara.opened_by(mara.command(ops, "/open"))
    second = mara.opened_by(mara.command(ops, "/open"))
    assert first is not None
    assert second is not None

    first.fill({"Name": "one"})
    second.fill({"Name": "two"})
    first.submit()

    assert bot.values["name"]["typed"]["value"] == "one"
    assert (first.open, second.open, mara.modal) == (False, True, second)


def test_fields_outside_input_blocks_tell_the_app_at_once(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    told: list[Json] = []

    def changed(ack: Ack, body: Json) -> None:
        told.append(body)
        ack()

    options = [option("Flood", "flood"), option("Fire", "fire")]
    menu = {
        "type": "static_select",
        "action_id": "hazard",
        "placeholder": plain("Hazard"),
        "options": options,
    }
    app.action("hazard")(changed)
    opens(app, modal(section("Kind", accessory=menu), text_field("Name", "name")))
    bots.connect(app)
    mara.command(ops, "/open")

    assert mara.fill({"Name": "typed", "Kind": "Fire"}).ok

    [body] = told
    assert body["container"] == {"type": "view", "view_id": top(mara).id}
    assert body["actions"][0]["selected_option"]["value"] == "fire"
    state = body["view"]["state"]["values"]
    assert state["name"]["typed"]["value"] == "typed"
    assert "response_url" not in body


def test_a_payload_made_by_hand_reaches_the_app_as_it_is(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    bot = Asked(app, bots, modal(text_field("Name", "name")))
    bot.answer = {"response_action": "errors", "errors": {"name": "Too long."}}
    mara.command(ops, "/open")
    mara.submit(unchecked=True)
    forged = bot.bodies[0]
    forged["view"]["state"]["values"]["name"]["typed"]["value"] = "x" * 40_000

    answer = mara.send_raw(forged)

    assert len(bot.values["name"]["typed"]["value"]) == 40_000
    assert answer.errors == {"Name": "Too long."}


def test_a_submission_sent_again_finds_its_modal_closed(
    app: App, bots: Bots, workspace: Workspace, mara: Person, ops: Conversation
) -> None:
    bot = Asked(app, bots, modal(text_field("Name", "name")))
    mara.command(ops, "/open")
    mara.fill({"Name": "x"})
    first = mara.submit()
    assert first.envelope is not None

    workspace.resend(first.envelope)

    assert len(bot.bodies) == 2
    assert bot.bodies[0] == bot.bodies[1]
    assert mara.modal is None


def test_the_home_tab(app: App, bots: Bots, client: WebClient, mara: Person, lee: Person) -> None:
    pressed: list[Json] = []

    def publish(event: Json, client: WebClient) -> None:
        blocks = [section("Waits for me"), actions(button("Review", "review"))]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    def review(ack: Ack, body: Json) -> None:
        pressed.append(body)
        ack()

    app.event("app_home_opened")(publish)
    app.action("review")(review)
    bots.connect(app)

    assert mara.open_home() is None  # nothing was published yet
    home = mara.wait_for(lambda: mara.home)

    assert home.plain() == "Waits for me\n[Review]"
    assert lee.home is None
    assert home.press("Review").ok
    assert pressed[0]["view"]["type"] == "home"
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_push(trigger_id=pressed[0]["trigger_id"], view=modal(section("x")))


def test_a_home_tab_published_again_keeps_its_id_and_checks_the_hash(client: WebClient, mara: Person) -> None:
    def publish(text: str, **more: Any) -> Json:
        view = {"type": "home", "blocks": [section(text)]}
        published: Json = client.views_publish(user_id=mara.id, view=view, **more)["view"]
        return published

    first = publish("one")
    second = publish("two", hash=first["hash"])

    assert second["id"] == first["id"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        publish("three", hash=first["hash"])
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.views_publish(user_id=mara.id, view=modal(section("x")))


def test_what_is_not_on_the_screen_cannot_be_used(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    opens(app, modal(text_field("Name", "one"), text_field("Name", "two"), submit=plain("Go")))
    bots.connect(app)

    with pytest.raises(NotOnScreen, match="No modal is open in front of mara"):
        mara.submit()
    mara.command(ops, "/open")
    with pytest.raises(NotOnScreen, match="There is no field 'Colour' here"):
        mara.fill({"Colour": "red"})
    with pytest.raises(NotOnScreen, match="2 fields are called 'Name' here; use a block_id"):
        mara.fill({"Name": "x"})
    mara.fill({"one": "x", "two": "y"})
    with pytest.raises(NotOnScreen, match="there is no 'Delete'"):
        mara.press("Delete")
    shown = top(mara)
    mara.close_modal()
    with pytest.raises(NotOnScreen, match="This modal is closed"):
        shown.submit()


def test_a_date_without_a_zone_and_an_unknown_option_are_refused(
    app: App, bots: Bots, mara: Person, ops: Conversation
) -> None:
    opens(app, modal(*EVERY_INPUT))
    bots.connect(app)
    mara.command(ops, "/open")

    with pytest.raises(NotOnScreen, match="needs a zone"):
        mara.fill({"When": datetime(2021, 11, 15, 4, 30)})  # noqa: DTZ001  (the mistake that is tested)
    with pytest.raises(NotOnScreen, match="no option 'S9' here"):
        mara.fill({"Severity": "S9"})
    with pytest.raises(NotOnScreen, match="nobody called zoe"):
        mara.fill({"Who": "zoe"})

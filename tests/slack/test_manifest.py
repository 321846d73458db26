"""The manifest that is pasted into Slack. Whether its scopes are enough and needed: see tests/scenario."""

from __future__ import annotations

import yaml

from ecomms_bot.slack import manifest, names


def test_each_permission_stands_beside_its_reason() -> None:
    lines = manifest.as_yaml().splitlines()
    for scope, why in manifest.SCOPES.items():
        assert f"    - {scope}  # {why}" in lines


def test_each_event_stands_beside_its_reason() -> None:
    lines = manifest.as_yaml().splitlines()
    read = yaml.safe_load(manifest.as_yaml())["settings"]["event_subscriptions"]["bot_events"]
    assert read == ["app_home_opened", "message.channels", "message.groups"]
    for event, why in manifest.events().items():
        assert f"    - {event}  # {why}" in lines


def test_an_office_that_keeps_no_discussion_does_not_hear_of_messages() -> None:
    read = manifest.manifest(discussion=False)
    assert read["settings"]["event_subscriptions"]["bot_events"] == ["app_home_opened"]
    # the permissions stay: with them the bot looks whether its own message arrived
    assert read["oauth_config"] == manifest.manifest()["oauth_config"]


def test_in_socket_mode_there_is_no_address_at_all() -> None:
    read = yaml.safe_load(manifest.as_yaml())
    assert read["settings"]["socket_mode_enabled"] is True
    assert "url" not in manifest.as_yaml()


def test_in_http_mode_every_address_is_the_one_that_was_given() -> None:
    read = yaml.safe_load(manifest.as_yaml(address="https://ecomms.example.org/"))
    there = "https://ecomms.example.org/slack/events"
    assert read["settings"]["socket_mode_enabled"] is False
    assert read["features"]["slash_commands"][0]["url"] == there
    assert read["settings"]["interactivity"]["request_url"] == there
    assert read["settings"]["event_subscriptions"]["request_url"] == there


def test_names_keep_to_the_lengths_that_slack_takes() -> None:
    # docs.slack.dev, app manifest reference: name 35, description 140, shortcut name 24
    read = manifest.manifest()
    assert len(read["display_information"]["name"]) <= 35
    assert len(read["display_information"]["description"]) <= 140
    assert all(len(each["name"]) <= 24 for each in read["features"]["shortcuts"])


def test_the_shortcut_and_the_command_are_those_that_the_bot_listens_to() -> None:
    features = manifest.manifest()["features"]
    assert [each["callback_id"] for each in features["shortcuts"]] == [names.LOG_SHORTCUT]
    assert [each["command"] for each in features["slash_commands"]] == [names.COMMAND]


def test_a_reason_says_by_itself_what_the_permission_is_for() -> None:
    for why in manifest.SCOPES.values():
        assert "the same" not in why
        assert why[0].islower(), "it goes on after “it is there to”"


def test_what_may_be_left_out_is_among_what_is_asked_for() -> None:
    assert {*manifest.OPTIONAL} < {*manifest.SCOPES}

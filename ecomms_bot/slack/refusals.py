"""Slack's error codes, sorted, and in words for people. The codes: the method pages of docs.slack.dev."""

from __future__ import annotations

LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

PASSING = frozenset(
    {
        "external_channel_migrating",
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "streaming_state_conflict",
        "team_added_to_org",
        "update_failed",
    }
)
"""Slack's own trouble; of several of these it says that the work may have been done all the same."""

LOCKED_OUT = frozenset(
    {
        "accesslimited",
        "account_inactive",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
"""The token or the network is not accepted. An administrator can mend it, so nothing is given up."""

MENDABLE = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "missing_scope",
        "not_in_channel",
        "restricted_action",
    }
)
"""A person can mend it: invite the bot, unarchive, allow. What could not be shown is kept and shown then."""

_INVITE_BOT = "Type /invite and the bot's name in it."
_ADMIN = "Ask a Slack administrator to allow it."
_IN_LOG = "Nothing is lost: /ecomms log has it. Tell whoever runs the bot; its output says more."
_STATUS = "Type /ecomms status for the current state."
_ROLES = "Check the ids under roles in ecomms.yaml."
_OTHER_NAME = "Open the incident once more, with another name or in a conversation that is there already."

_NOT_ALLOWED = "A rule of this workspace does not let the bot do this."
_NOT_FOUND = "The bot cannot see this conversation: it is private, or it was deleted."
_ARCHIVED = "The conversation is archived."
_FORM = "Slack did not take this message as the bot wrote it."
_LONG = "This message is longer than Slack takes."
_BAD_NAME = "Slack does not take the name of the new conversation."
_OLD_MESSAGE = "Slack does not let the bot change this message any more, so it shows an older state."
_NOT_HERE = "Slack does not offer this in a conversation of this kind."
_UNKNOWN_PERSON = "Slack knows no such person here."
_ACCOUNT_OFF = "This person's Slack account is switched off or cannot take part here."

REFUSALS: dict[str, tuple[str, str]] = {
    # the conversation
    "channel_not_found": (_NOT_FOUND, "If it is still there, type /invite and the bot's name in it."),
    "not_in_channel": ("The bot is not a member of the conversation.", _INVITE_BOT),
    "is_archived": (_ARCHIVED, "Unarchive it and invite the bot again, or go on in another conversation."),
    "is_inactive": (_ARCHIVED, "Unarchive it and invite the bot again, or go on in another conversation."),
    "invalid_channel": (_NOT_FOUND, "If it is still there, type /invite and the bot's name in it."),
    "channel_is_limited_access": (_NOT_FOUND, _ADMIN),
    "method_not_supported_for_channel_type": (_NOT_HERE, "Use an ordinary conversation of the workspace."),
    "too_many_members": ("The conversation is full.", "Go on in another conversation."),
    # what the workspace allows
    "restricted_action": (_NOT_ALLOWED, _ADMIN),
    "restricted_action_read_only_channel": ("Nobody may write in this conversation.", _ADMIN),
    "restricted_action_thread_only_channel": ("In this conversation only replies are allowed.", _ADMIN),
    "restricted_action_non_threadable_channel": ("In this conversation replies are not allowed.", _ADMIN),
    "restricted_action_thread_locked": ("An administrator locked this thread.", "Ask them to unlock it."),
    "posting_to_channel_denied": ("The bot may not write in this conversation.", _ADMIN),
    "app_access_restricted": (_NOT_ALLOWED, _ADMIN),
    "ekm_access_denied": ("Administrators switched messages to this conversation off.", _ADMIN),
    "no_permission": (_NOT_ALLOWED, _ADMIN),
    "cannot_create_channel": ("The bot may not make conversations in this workspace.", _ADMIN),
    # the name of a new conversation
    "name_taken": ("There is a conversation of this name already, and it is not the bot's.", _OTHER_NAME),
    "invalid_name": (_BAD_NAME, _OTHER_NAME),
    "invalid_name_maxlength": (_BAD_NAME, _OTHER_NAME),
    "invalid_name_punctuation": (_BAD_NAME, _OTHER_NAME),
    "invalid_name_required": (_BAD_NAME, _OTHER_NAME),
    "invalid_name_specials": (_BAD_NAME, _OTHER_NAME),
    "no_channel": (_BAD_NAME, _OTHER_NAME),
    # the message
    "invalid_blocks": (_FORM, _IN_LOG),
    "invalid_blocks_format": (_FORM, _IN_LOG),
    "invalid_arguments": (_FORM, _IN_LOG),
    "invalid_metadata_format": (_FORM, _IN_LOG),
    "invalid_metadata_schema": (_FORM, _IN_LOG),
    "metadata_too_large": (_FORM, _IN_LOG),
    "metadata_must_be_sent_from_app": (_FORM, _IN_LOG),
    "no_text": (_FORM, _IN_LOG),
    "msg_too_long": (_LONG, _IN_LOG),
    "msg_blocks_too_long": (_LONG, _IN_LOG),
    "message_not_found": ("The message that was to be changed is not there any more.", _STATUS),
    "cant_update_message": (_OLD_MESSAGE, _STATUS),
    "edit_window_closed": (_OLD_MESSAGE, _STATUS),
    "block_mismatch": (_OLD_MESSAGE, _STATUS),
    "bad_timestamp": ("The message that was to be changed is not there any more.", _STATUS),
    "thread_not_found": ("The message that began this thread is not there any more.", _STATUS),
    "cannot_reply_to_message": ("Slack allows no replies to the message that began this thread.", _STATUS),
    # pins
    "too_many_pins": (
        "This conversation has 100 pinned messages, the most there can be.",
        "Unpin one, then pin the card.",
    ),
    "not_pinnable": ("Slack does not let this message be pinned.", "Save or bookmark it instead."),
    # people
    "user_not_found": (_UNKNOWN_PERSON, _ROLES),
    "user_not_visible": (_UNKNOWN_PERSON, _ROLES),
    "org_user_not_in_team": ("This person is not in this workspace.", _ROLES),
    "user_disabled": (_ACCOUNT_OFF, _ROLES),
    "cant_invite": (_ACCOUNT_OFF, _ROLES),
    "cannot_dm_bot": ("This is a bot, and bots read no direct messages.", _ROLES),
    "user_is_restricted": ("This person is a guest and may not see the conversation.", _ADMIN),
    "ura_max_channels": ("This person is a guest and may not see more conversations.", _ADMIN),
    "invitee_cant_see_channel": ("This person may not see the conversation.", _ADMIN),
    "no_external_invite_permission": ("The bot may not invite people from outside.", _ADMIN),
    "messages_tab_disabled": (
        "Direct messages of the bot are switched off.",
        "Ask a Slack administrator to switch the app's Messages tab on.",
    ),
    # what the app offers
    "not_enabled": (
        "This part of the app is switched off.",
        "Ask a Slack administrator to switch the app's Home and Messages tabs on.",
    ),
    # files
    "file_not_found": (
        "Slack did not keep the file that was sent.",
        "Nothing is lost: type /ecomms report once more.",
    ),
    # user groups
    "no_such_subteam": ("Slack knows no such user group.", _ROLES),
    "plan_upgrade_required": (
        "This workspace has no user groups.",
        "Name the people themselves under roles in ecomms.yaml.",
    ),
}
"""Code → what is the matter, and what a person can do."""

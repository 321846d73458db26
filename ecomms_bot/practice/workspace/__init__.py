"""A Slack-compatible workspace on this machine: Web API, Socket Mode or HTTP, and people to drive it with.

`Workspace` holds the state and the rules, `WorkspaceServer` puts it on a loopback port; the real bot reaches
it through SLACK_API_URL exactly as it reaches Slack.

Where it and Slack might differ:

Not played: bookmarks, scheduled messages, the content of attachments, external selects, Slack Connect, guests
(but for the mark that they are some), what administrators may restrict. Joining, pinning or a new topic
leaves no message of the system in the conversation; `link_names` and `parse` change nothing. An app that
listens to messages hears of what people write, of their edits and of all deletions; of its own new and
changed messages, which Slack tells too and every app ignores, only if asked to (`Events.echoes`).

Stricter than Slack may be:

- `msg_blocks_too_long` counts the characters of all texts, 13,200 at most: an approximation, as Slack's way
  of counting is not documented. Option values must be distinct.
- A thread whose root was deleted takes no reply, even where replies keep a tombstone in its place.
- A mention counts as one (`Message.mentions`) in the text beside blocks and in code too. A new message
  notifies whom it mentions, and all in direct messages (`Message.notified`), not who takes part in a thread.
- Without the scope of one kind of conversation nothing of that kind is done, whatever Slack lets pass.

Not documented by Slack, so perhaps different:

- Which error comes first where several are true; the error for a reply's ts as `thread_ts`, for a thread that
  is gone (`thread_not_found`), for response URLs that are used up and for files to an archived conversation.
- A trigger whose view was refused can be used again.
- Whether the event of a deletion says what was deleted (`previous_message`): Slack's page shows it without.
  In the place of a message that began a thread a notice is left, which is told as a change to it.
- Files are there at once, where Slack shares them a little later; their upload address is good once and takes
  exactly the bytes that were announced; a file is completed once.
- `blocks.validate` leaves out `constraint`; see there for its pointers.
- A deactivated person leaves every conversation and user group. What is posted to them is refused
  (`user_disabled`) unless there are direct messages already, which take it as Slack's do.
- Archiving keeps the list of members; after unarchiving the bot must be invited again.
- How many calls at once Slack's rate limits let pass (see `limits`); they hold only if they are asked for.
  Whether Socket Mode can be switched off for good is not played: an app that connects again may.
- Over HTTP a person sees the same error for every answer that is not 2xx; redirects are not followed.
- The 24-hour clock is used where Slack asks each reader's preference.
"""

from __future__ import annotations

from ecomms_bot.practice.workspace.answers import Answer
from ecomms_bot.practice.workspace.core import Workspace
from ecomms_bot.practice.workspace.faults import Fault, Faults
from ecomms_bot.practice.workspace.manifest import Shortcut
from ecomms_bot.practice.workspace.person import Person
from ecomms_bot.practice.workspace.refusals import CallRefused, NotOnScreen, NotSeen, WorkspaceError
from ecomms_bot.practice.workspace.scopes import NEEDED
from ecomms_bot.practice.workspace.screen import Home, Message, Modal, SeenFile
from ecomms_bot.practice.workspace.server import WorkspaceServer
from ecomms_bot.practice.workspace.state import Call, Conversation, User, UserGroup
from ecomms_bot.practice.workspace.wire import Envelope

__all__ = [
    "NEEDED",
    "Answer",
    "Call",
    "CallRefused",
    "Conversation",
    "Envelope",
    "Fault",
    "Faults",
    "Home",
    "Message",
    "Modal",
    "NotOnScreen",
    "NotSeen",
    "Person",
    "SeenFile",
    "Shortcut",
    "User",
    "UserGroup",
    "Workspace",
    "WorkspaceError",
    "WorkspaceServer",
]

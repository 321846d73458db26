"""How an entry becomes text and hash: canonical JSON, the seal of the chain, the upgrade of old payloads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ecomms_bot.errors import EcommsError

FORMAT = 1
"""Version of the list that is hashed. A change of it is a new number, never a new meaning of an old one."""
_MAX_INT = 2**63 - 1

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""(type, n) -> pure function from form n of the payload to form n + 1. `v` in a payload is its form, or 1."""


class NotStorable(EcommsError):
    """Something that has no exact text: a fraction, half a character, a value of a foreign kind."""


def canonical(value: object) -> str:
    """The one JSON text of `value`: keys sorted, no spaces, characters as they are. Raises NotStorable."""
    return json.dumps(
        _plain(value, "value"), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def _plain(value: object, where: str) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, int) and abs(value) <= _MAX_INT:
        return value
    if isinstance(value, Mapping):
        return {_key(key, where): _plain(inner, f"{where}.{key}") for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, f"{where}[{place}]") for place, inner in enumerate(value)]
    raise NotStorable(f"{where} cannot be recorded exactly: it is of the kind {type(value).__name__}.")


def _key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise NotStorable(f"{where} cannot be recorded exactly: it has a name that is not a text.")
    return _text(key, where)


def _text(value: str, where: str) -> str:
    if "\0" in value:  # PostgreSQL keeps none, neither as text nor in JSON
        raise NotStorable(f"{where} cannot be recorded exactly: it holds a NUL character.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise NotStorable(
            f"{where} cannot be recorded exactly: it holds half of a character at position {error.start + 1}."
        ) from None
    return value


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def to_text(at: datetime) -> str:
    """UTC with microseconds and Z, 27 characters, so that texts sort as times. Raises ValueError if naive."""
    if at.tzinfo is None:
        raise ValueError("a time in the store needs a zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def from_text(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Sealed:
    """One row of `events`, all but the place where it is written."""

    incident: str
    seq: int
    at: str
    actor: str
    command_id: str
    ordinal: int
    type: str
    payload: str
    payload_sha256: str
    prev: str
    hash: str


def seal(
    *,
    prev: str,
    incident: str,
    seq: int,
    at: str,
    actor: str,
    command_id: str,
    ordinal: int,
    type: str,
    payload: Mapping[str, Any],
    nonce: Callable[[], str],
) -> Sealed:
    """Give an entry its text and its link to the entry before (`prev`, "" for the first). Raises NotStorable.

    The nonce goes into the text, so that a blanked payload cannot be guessed from its hash.
    """
    if "nonce" in payload:
        raise ValueError("`nonce` in a payload is the store's own")
    text = canonical({"nonce": nonce(), **payload})
    digest = sha256(text)
    link = link_hash((prev, incident, seq, at, actor, command_id, ordinal, type, digest))
    return Sealed(incident, seq, at, actor, command_id, ordinal, type, text, digest, prev, link)


LINKED = ("prev", "incident", "seq", "at", "actor", "command_id", "ordinal", "type", "payload_sha256")
"""The columns that the hash of an entry covers, in their order."""


def link_hash(linked: Sequence[Any]) -> str:
    """The hash of an entry from the values of its LINKED columns. Raises NotStorable."""
    plain = _plain_link(linked)
    return sha256(canonical([FORMAT, *linked])) if plain is None else hashlib.sha256(plain).hexdigest()


_LINK_TYPES = [str, str, int, str, str, str, int, str, str]
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def _plain_link(linked: Sequence[Any]) -> bytes | None:
    """What `canonical` makes of a link, in a fifth of the time; None where it has to look closer."""
    if [type(value) for value in linked] != _LINK_TYPES or max(abs(linked[2]), abs(linked[6])) > _MAX_INT:
        return None
    text = _encode([FORMAT, *linked])
    if "\\u0000" in text:
        return None
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def open_payload(type: str, text: str) -> dict[str, Any]:
    """The payload as it was given to `seal`, in the form of today. Raises ValueError or TypeError."""
    payload = json.loads(text)
    if not isinstance(payload, dict):
        raise TypeError("a payload is an object")
    payload.pop("nonce", None)
    return upcast(type, payload, payload.get("v", 1))


def upcast(type: str, payload: dict[str, Any], version: int) -> dict[str, Any]:
    """Bring a payload of form `version` up to the newest form. Happens on reading, after hashing."""
    while (step := UPCASTERS.get((type, version))) is not None:
        version += 1
        payload = {**step(payload), "v": version}
    return payload

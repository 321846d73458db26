"""The name under which a process takes leases, by which others of its machine can tell that it is gone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

PROC = Path("/proc")
_STARTED = 19
"""Of the words behind the name of the program in /proc/PID/stat: when it was started, in ticks since boot."""


def own_name(host: str, pid: int, proc: Path = PROC) -> str:
    """`host:pid:where:started`, or, where that cannot be found out, chance in place of the last two.

    No two processes have the same: in containers every bot is process 1, and machines may be called alike.
    """
    where, started = _where(proc), _started(pid, proc)
    return f"{host}:{pid}:{where}:{started}" if where and started else f"{host}:{pid}::{secrets.token_hex(8)}"


def is_gone(name: str, proc: Path = PROC) -> bool:
    """Whether the process of this name has certainly ended. False for any that would not be seen from here.

    Seen are those under the same running kernel that count their processes together with us. After the
    machine was started anew, and from one container to another, nobody can tell.
    """
    _, pid, where, started = ("", "", "", "", *name.rsplit(":", 3))[-4:]
    if not pid.isdigit() or not where or where != _where(proc):
        return False
    try:
        os.kill(int(pid), 0)  # only asks; what /proc hides from other users is found too
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        pass
    now = _started(int(pid), proc)
    return now is not None and now != started


def _where(proc: Path) -> str:
    """The boot of this kernel and the space in which its processes are numbered; "" if it does not say."""
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text().strip()
        space = (proc / "self/ns/pid").readlink().name.removeprefix("pid:").strip("[]")
    except OSError:
        return ""
    return f"{boot}/{space}"


def _started(pid: int, proc: Path) -> str | None:
    """When process `pid` began; "" if only its exit code is left of it, None if we may not see."""
    try:
        words = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return "" if words[0] in {"Z", "X"} else words[_STARTED]

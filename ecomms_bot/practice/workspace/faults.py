"""Bad luck on demand: slow answers, refusals, lost connections, lost or doubled envelopes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from ecomms_bot.practice.workspace.refusals import NotSeen


@dataclass(slots=True, eq=False)
class Fault:
    """One kind of bad luck for a method (`*`: all); `left` is how often still, None until cleared."""

    target: str
    kind: str
    left: int | None = 1
    seconds: float = 0.0  # of a delay, or of Retry-After
    status: int = 500
    code: str = ""
    matching: Callable[[dict[str, object]], bool] | None = None
    reached: threading.Event = field(default_factory=threading.Event)  # a call is held (or has been)
    released: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        """Let held calls go on, and hold no more."""
        self.released.set()

    def wait_reached(self, timeout: float = 10.0) -> None:
        """Until a call is held; raises NotSeen after `timeout` seconds of true time."""
        if not self.reached.wait(timeout):
            raise NotSeen(f"Waited {timeout:g} s for a call of {self.target}; none came.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to one call: it waits or is held, then at most one other thing goes wrong."""

    delay: float = 0.0
    fault: Fault | None = None
    hold: Fault | None = None

    @property
    def name(self) -> str | None:
        if self.fault is not None:
            return self.fault.kind
        return "delay" if self.delay or self.hold else None


class Faults:
    """The faults that are set. Each helper sets one; `times=None` keeps it until `clear`.

    Calls: `method` is a Web API method, `response_url` or `*`. `matching` looks at the call's arguments.
    Envelopes: `kind` is an envelope type (`slash_commands`, `interactive`, `events_api`), a payload type
    (`view_submission`, `block_actions`, …) or `*`.
    """

    CALLS = ("delay", "hold", "rate_limited", "server_error", "drop_before", "drop_after", "error")
    ENVELOPES = ("ack_dropped", "delivered_twice", "no_sockets")

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._held: list[Fault] = []
        self._lock = threading.Lock()

    def delay(self, method: str, seconds: float, times: int | None = 1) -> Fault:
        """Wait so long before the work."""
        return self.add(Fault(method, "delay", times, seconds=seconds))

    def hold(self, method: str, times: int | None = 1) -> Fault:
        """Keep the call waiting, before the work, until `release` (half a minute at most)."""
        fault = self.add(Fault(method, "hold", times))
        self._held.append(fault)
        return fault

    def rate_limited(self, method: str, retry_after: int = 1, times: int | None = 1) -> Fault:
        """HTTP 429 with Retry-After, nothing done."""
        return self.add(Fault(method, "rate_limited", times, seconds=retry_after))

    def server_error(self, method: str, status: int = 500, times: int | None = 1) -> Fault:
        """HTTP 5xx, nothing done."""
        return self.add(Fault(method, "server_error", times, status=status))

    def drop_before(self, method: str, times: int | None = 1) -> Fault:
        """The connection is closed and nothing was done."""
        return self.add(Fault(method, "drop_before", times))

    def drop_after(self, method: str, times: int | None = 1) -> Fault:
        """The work is done, but the connection is closed and the answer is lost."""
        return self.add(Fault(method, "drop_after", times))

    def error(self, method: str, code: str, times: int | None = 1) -> Fault:
        """`ok: false` with this error, nothing done."""
        return self.add(Fault(method, "error", times, code=code))

    def ack_dropped(self, kind: str = "*", times: int | None = 1) -> Fault:
        """The app's ack is lost: the person sees the error of a timeout, what the app did stays done."""
        return self.add(Fault(kind, "ack_dropped", times))

    def delivered_twice(self, kind: str = "*", times: int | None = 1) -> Fault:
        """The same envelope is sent a second time at once."""
        return self.add(Fault(kind, "delivered_twice", times))

    def outage(self) -> Fault:
        """Every call fails until the fault is cleared. Open sockets stay (`Workspace.cut_sockets`)."""
        return self.drop_before("*", times=None)

    def no_sockets(self) -> Fault:
        """No new socket stands until the fault is cleared (`Workspace.cut_sockets` also closes open ones)."""
        return self.add(Fault("*", "no_sockets", None))

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self, fault: Fault | None = None) -> None:
        """Take back one fault, or all; calls that are held go on."""
        with self._lock:
            for held in self._held:
                if fault in (None, held):
                    held.release()
            self._faults = [] if fault is None else [one for one in self._faults if one is not fault]

    def for_call(self, method: str, args: dict[str, object]) -> Plan:
        """Take what is set for this call: all its delays, and the first of the other faults."""
        with self._lock:
            delay, chosen, hold = 0.0, None, None
            for fault in list(self._faults):
                if fault.target not in (method, "*") or fault.kind not in self.CALLS:
                    continue
                if fault.matching is not None and not fault.matching(args):
                    continue
                if fault.kind == "delay":
                    delay += fault.seconds
                elif fault.kind == "hold":
                    hold = hold or fault
                elif chosen is None:
                    chosen = fault
                else:
                    continue
                self._count(fault)
            return Plan(delay, chosen, hold)

    def for_envelope(self, what: str, *targets: str) -> bool:
        """Whether `what` (one of ENVELOPES) is set for an envelope of these kinds; counts it."""
        with self._lock:
            for fault in list(self._faults):
                if fault.kind == what and fault.target in (*targets, "*"):
                    self._count(fault)
                    return True
            return False

    def _count(self, fault: Fault) -> None:
        if fault.left is None:
            return
        fault.left -= 1
        if fault.left <= 0:
            self._faults.remove(fault)

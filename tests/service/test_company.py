"""Who meets others in an incident knows it, so that not all of them decide in vain."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.decide import decide
from ecomms_bot.incident.state import Incident
from ecomms_bot.service.company import Company
from ecomms_bot.store import log
from ecomms_bot.store.deadline import Deadline
from ecomms_bot.store.engine import Database
from ecomms_bot.store.faults import DatabaseBusy
from tests.cli.night import COMMUNICATOR, Night


def test_only_those_of_one_incident_who_are_there_at_the_same_time_are_company() -> None:
    company = Company()
    with company.joined("i1") as first, company.joined("i2") as elsewhere, company.joined("i1") as second:
        assert (first, elsewhere, second) == (False, False, True)
    with pytest.raises(ZeroDivisionError), company.joined("i1"):
        _ = 1 // 0
    with company.joined("i1") as later:
        assert not later


@pytest.mark.parametrize("met", [False, True])
def test_who_is_alone_decides_while_others_write_and_who_meets_others_decides_in_line(
    db: Database,
    monkeypatch: pytest.MonkeyPatch,
    met: bool,  # noqa: FBT001
) -> None:
    night, elsewhere, kept_out = Night(db), Database(db.address), list[bool]()
    incident = night.open()

    def watched(state: Incident, command: c.Command, ctx: c.Context) -> object:
        try:
            with elsewhere.write(Deadline.after(0.05 if met else 20)) as conn:
                log.hold(conn, incident)
        except DatabaseBusy:
            kept_out.append(True)
        else:
            kept_out.append(False)
        return decide(state, command, ctx)

    monkeypatch.setattr("ecomms_bot.service.handler.decide", watched)
    company: Company = vars(night.handler)["_company"]
    with company.joined(incident) if met else nullcontext():
        night.do(incident, c.AddNote("The bridge stands"), COMMUNICATOR)
    assert kept_out == [met]
    elsewhere.dispose()

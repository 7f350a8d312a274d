"""The word over the city, from what a watch told."""

from __future__ import annotations

from typing import Any

import pytest

from agent.errors import UsageError
from agent.terminal.verdict import Health, judge, narrow, troubled
from agent.web.told import IncidentTold, ServiceTold, SiteTold, StatusTold, SwitchTold


def switch(device: str, state: str = "up", **more: Any) -> SwitchTold:
    values = {
        "age_seconds": None if state == "waiting" else 4.0,
        "problem": "",
        "ports_meant": 4,
        "ports_up": 4,
    }
    return SwitchTold(device=device, site=f"site-{device}", role="building", state=state, **(values | more))


def told(*switches: SwitchTold, age: float | None = 4.0, **more: Any) -> StatusTold:
    sites = [
        SiteTold(site=one.site, title="", state="well", switches=1, switches_up=1, ports_meant=4, ports_up=4)
        for one in switches
    ]
    values: dict[str, Any] = {"services": [], "sites": sites, "incidents": []}
    return StatusTold(
        at=100, town="Town", interval_seconds=10, age_seconds=age, switches=list(switches), **(values | more)
    )


CAMERA = IncidentTold(
    device="b",
    interface="Ethernet1/7",
    service="cctv",
    site="site-b",
    kind="camera",
    place="rue 7",
    seconds=9,
)


def test_all_answer_and_nothing_is_amiss() -> None:
    assert judge(told(switch("a"), switch("b"))).health is Health.WELL


@pytest.mark.parametrize(
    ("status", "health", "word"),
    [
        pytest.param(told(switch("a"), switch("b", "down")), Health.DEGRADED, "1 of 2 switches", id="silent"),
        pytest.param(told(switch("b"), incidents=[CAMERA]), Health.DEGRADED, "1 endpoint or link", id="dark"),
        pytest.param(told(switch("a"), switch("b", "waiting")), Health.UNKNOWN, "1 of 2", id="waiting"),
        pytest.param(told(), Health.UNKNOWN, "0 of 0", id="empty"),
        pytest.param(told(switch("a"), age=25.1), Health.STALE, "25 s old", id="old"),
    ],
)
def test_whatever_is_not_well_has_a_word_and_a_reason(status: StatusTold, health: Health, word: str) -> None:
    verdict = judge(status)
    assert verdict.health is health
    assert word in verdict.reasons[0]


def test_old_data_is_never_well_and_still_tells_what_was_broken() -> None:
    verdict = judge(told(switch("a"), age=600, incidents=[CAMERA]))
    assert verdict.health is Health.STALE
    assert len(verdict.reasons) == 2


def test_services_say_how_many_work() -> None:
    out = ServiceTold(service="cctv", title="", state="out", meant=3, working=0, unknown=0, sites=["site-a"])
    assert judge(told(switch("a"), services=[out])).reasons == ("cctv: 0 of 3 work",)


@pytest.mark.parametrize("name", ["b", "site-b"])
def test_one_site_or_switch_is_judged_by_itself(name: str) -> None:
    status = told(switch("a", "down"), switch("b"), incidents=[CAMERA])
    assert judge(narrow(status, name)).reasons == ("1 endpoint or link not as meant",)
    assert judge(narrow(status, "a")).reasons == ("1 of 1 switches do not answer",)


def test_an_unknown_name_is_refused_with_what_is_near() -> None:
    with pytest.raises(UsageError, match="did you mean site-core"):
        narrow(told(switch("core")), "sitecore")
    with pytest.raises(UsageError, match="status --json"):
        narrow(told(switch("core")), "zzz")


def test_a_switch_with_a_dark_port_is_troubled() -> None:
    assert not troubled(switch("a"))
    assert troubled(switch("a", ports_up=3))
    assert troubled(switch("a", "partial"))

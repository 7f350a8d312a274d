"""Laws of the expansion, on cities that nobody wrote: VLANs renumbered, endpoints dealt out at random."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.intent.city import City
from agent.intent.damage import Damage
from agent.intent.endpoint import Endpoint, ServiceFile
from agent.intent.expand import expand_switches
from agent.intent.expect import expect
from agent.intent.hardware import MODELS
from agent.intent.load import load_city
from agent.intent.places import Places
from agent.intent.verify import verify

BELLERIVE = load_city(Path(__file__).resolve().parents[2] / "inventory")
BUILDINGS = [host.name for host in BELLERIVE.switches("building")]


@st.composite
def cities(draw: st.DrawFn) -> City:
    plan = BELLERIVE.plan
    numbers = draw(
        st.lists(
            st.integers(2, 3967).filter(lambda number: number != plan.parking_vlan),
            min_size=len(plan.networks),
            max_size=len(plan.networks),
            unique=True,
        )
    )
    networks = {
        name: network.model_copy(update={"vlan": number})
        for (name, network), number in zip(plan.networks.items(), numbers, strict=True)
    }
    places = draw(
        st.lists(st.tuples(st.sampled_from(BUILDINGS), st.integers(1, 48)), unique=True, max_size=40)
    )
    services: dict[str, dict[str, dict[str, Endpoint]]] = {name: {} for name in BELLERIVE.kinds}
    for number, (switch, port) in enumerate(places):
        kind = draw(st.sampled_from(sorted(BELLERIVE.kinds)))
        make = draw(st.sampled_from(sorted(BELLERIVE.kinds[kind].models)))
        endpoint = Endpoint(tag=f"X-{number}", place=f"rue Basse {number}", model=make)
        services[kind].setdefault(switch, {})[f"Ethernet1/{port}"] = endpoint
    return replace(
        BELLERIVE,
        plan=plan.model_copy(update={"networks": networks}),
        services={name: ServiceFile(kind=name, endpoints=ports) for name, ports in services.items()},
    )


@settings(max_examples=25, deadline=None)
@given(cities())
def test_a_valid_city_expands_lawfully(city: City) -> None:
    assert verify(city, Places({}), Damage()) == []
    switches = expand_switches(city)
    assert switches == expand_switches(city), "expansion depends on more than the city"
    planned = {network.vlan for network in city.plan.networks.values()} | {city.plan.parking_vlan}
    for switch in switches.values():
        assert tuple(port.name for port in switch.ports) == MODELS[switch.model].ports()
        own = {vlan.number for vlan in switch.vlans}
        assert own <= planned
        for port in (*switch.ports, *switch.channels):
            asked = {port.access_vlan, port.voice_vlan, port.native_vlan, *port.trunk_vlans} - {None}
            assert asked <= own, (switch.name, port.name)
        assert {svi.vlan for svi in switch.svis} <= own
        channels = {port.name for port in switch.channels}
        assert {f"port-channel{p.channel}" for p in switch.ports if p.channel is not None} == channels


@settings(max_examples=25, deadline=None)
@given(cities())
def test_every_promise_stands_on_a_port_that_is_set_up(city: City) -> None:
    switches, promises = expand_switches(city), expect(city)
    seen = [(port.device, port.interface) for port in promises.ports]
    assert len(seen) == len(set(seen)), "a port is promised twice"
    used = {(s.name, p.name) for s in switches.values() for p in s.ports if p.mode != "unused"}
    assert set(seen) == used
    ends = {
        (cable.device, cable.interface): (cable.neighbor, cable.neighbor_interface)
        for cable in promises.neighbors
    }
    assert all(ends[far] == near for near, far in ends.items()), "a cable with one end"

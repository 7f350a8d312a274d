"""What the intent wants of every switch, loaded once for a verb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.errors import UsageError
from agent.flows.commit import read_commit
from agent.flows.ownership import load_ownership
from agent.flows.rendered import Rendered, remember_rendered
from agent.intent.city import City
from agent.intent.digest import digest_inventory
from agent.intent.expand import expand_switches
from agent.intent.expect import expect
from agent.intent.expectation import Expectations
from agent.intent.load import load_city
from agent.intent.names import names_of, powered_ports
from agent.intent.switch import Switch
from agent.nxos.target import STRICT, Ownership
from agent.render.env import Templates
from agent.render.render import digest_templates, render_switch
from agent.settings import Settings

NOTHING = Expectations((), (), (), ())


@dataclass(frozen=True, slots=True)
class Wanted:
    """The checked city with everything that plans need of it."""

    city: City
    switches: Mapping[str, Switch]
    templates: Templates
    secrets: Mapping[str, str]
    intent_digest: str
    templates_digest: str
    names: Mapping[str, Mapping[str, str]]
    """Device to interface (or gateway, or neighbour) to human words: ``camera rue Haute 12``."""
    owned: Ownership = STRICT
    powered: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Device to the ports that feed what hangs on them."""
    expected: Expectations = NOTHING
    rendered: Rendered | None = None
    """What was rendered before; None remembers nothing."""
    commit: str = ""
    """Git commit of the inventory; empty outside git."""

    def text(self, device: str) -> str:
        """Rendered configuration; raises RenderError, or UsageError for a switch that the city has not."""
        if device not in self.switches:
            raise UsageError(f"{device}: not in the city. add it to hosts.yaml and links.yaml")
        switch = self.switches[device]
        if self.rendered is None:
            return render_switch(switch, self.secrets, self.templates)
        return self.rendered.text(switch, self.secrets, self.templates)

    def narrowed(self, only: Sequence[str]) -> Wanted:
        """The same for the top-level lines that match one of the globs; the rest is left as it is."""
        return replace(self, owned=replace(self.owned, only=tuple(only))) if only else self

    def pairs(self) -> tuple[frozenset[str], ...]:
        """Switches no two of which are changed at once: vPC peers, and all that hold a carrier.

        Carriers stand in for each other wherever they come in: a site reaches the world by any of them.
        """
        peers = [frozenset(pair.switches) for pair in self.city.links.pairs.values()]
        carriers = self.city.carriers.carriers.values() if self.city.carriers else ()
        edges = frozenset(carrier.port.switch for carrier in carriers)
        return (*peers, edges) if len(edges) > 1 else tuple(peers)


def load_wanted(settings: Settings, secrets: Mapping[str, str]) -> Wanted:
    """Load and check the inventory, compile the templates.

    Raises InventoryError with every mistake, RenderError, UsageError.
    """
    city = load_city(settings.inventory)
    expected, templates_digest = expect(city), digest_templates(settings.templates)
    return Wanted(
        city=city,
        switches=expand_switches(city),
        templates=Templates(settings.templates),
        secrets=secrets,
        intent_digest=digest_inventory(settings.inventory),
        templates_digest=templates_digest,
        names=names_of(city, expected),
        powered=powered_ports(expected),
        expected=expected,
        commit=read_commit(settings.inventory),
        owned=load_ownership(settings.inventory, settings.templates),
        rendered=remember_rendered(settings.state, templates_digest, secrets),
    )

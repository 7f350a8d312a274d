"""Counters of real interfaces in the form of the traffic model's meters."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vnexus.container.kernel import Totals
from vnexus.world.traffic import WIDTH, ZERO, Meter, Meters, Rates, Swings

FRESH_SECONDS = 0.25
"""Counters that were read so recently are good enough for the next question."""


class Statistics:
    """The kernel's counters, read at most four times a second."""

    def __init__(self, read: Callable[[], Mapping[str, Totals]], monotonic: Callable[[], float]) -> None:
        self._read, self._monotonic = read, monotonic
        self._values: dict[str, Totals] = {}
        self._until = 0.0

    def of(self, interface: str) -> Totals:
        """As last seen, for an interface that has gone."""
        now = self._monotonic()
        if now >= self._until:
            self._values.update(self._read())
            self._until = now + FRESH_SECONDS
        return self._values.get(interface, ZERO)


class KernelMeter(Meter):
    """What has gone through an interface since the switch started; the model's rates are nothing to it."""

    __slots__ = ("_base", "_interface", "_last", "_statistics")

    def __init__(self, statistics: Statistics, interface: str) -> None:
        super().__init__()
        self._statistics, self._interface = statistics, interface
        self._base: Totals = ZERO
        self._last: tuple[float, Totals] | None = None

    def read(self, column: int, now_us: int) -> int:
        del now_us
        return max(0, self._statistics.of(self._interface)[column] - self._base[column])

    def settle(self, rates: Rates, now_us: int, swings: Swings = ()) -> None:
        """The kernel counts by itself."""

    def clear(self, now_us: int) -> None:
        del now_us
        self._base = self._statistics.of(self._interface)

    def sample(self, now: float) -> None:
        """Work out the rates since the last sample."""
        totals = self._statistics.of(self._interface)
        if self._last is not None and now > self._last[0]:
            seconds = now - self._last[0]
            pairs = zip(totals, self._last[1], strict=True)
            self.rates = tuple(round(1000 * (new - old) / seconds) for new, old in pairs)
        self._last = (now, totals)


class ChannelMeter(Meter):
    """The sum of a port-channel's members, whoever they are when it is read."""

    __slots__ = ("_members",)

    def __init__(self, members: Callable[[], list[Meter]]) -> None:
        super().__init__()
        self._members = members

    def read(self, column: int, now_us: int) -> int:
        return sum(member.read(column, now_us) for member in self._members())

    def settle(self, rates: Rates, now_us: int, swings: Swings = ()) -> None:
        """The members count."""

    def clear(self, now_us: int) -> None:
        """The members are cleared."""

    def sample(self) -> None:
        """Take over the rates of the members."""
        rates = [member.rates for member in self._members()]
        self.rates = tuple(map(sum, zip(*rates, strict=True))) if rates else (0,) * WIDTH


class KernelMeters(Meters):
    """Meters of a lab in which one node has real interfaces."""

    def __init__(self, node: str, statistics: Statistics, members: Callable[[str], list[str]]) -> None:
        super().__init__()
        self.node, self.statistics, self.members = node, statistics, members

    def plug(self, port: str, interface: str) -> None:
        """From now on the port counts what its interface counts."""
        self.by_place[self.node, port] = KernelMeter(self.statistics, interface)

    def meter(self, place: tuple[str, str]) -> Meter:
        node, name = place
        if node == self.node and name.startswith("port-channel") and place not in self.by_place:
            self.by_place[place] = ChannelMeter(
                lambda: [self.meter((node, member)) for member in self.members(name)]
            )
        return super().meter(place)

    def sample(self, now: float) -> None:
        """Work out all rates; call it every few seconds."""
        for meter in self.by_place.values():
            if isinstance(meter, KernelMeter):
                meter.sample(now)
        for meter in self.by_place.values():
            if isinstance(meter, ChannelMeter):
                meter.sample()

"""Identity, uptime, load and configuration times."""

from __future__ import annotations

from collections.abc import Iterator

from agent import metrics
from agent.collect.reading import Reading, read_text, split_index
from agent.metrics import Sample

_DESCRIPTION_LENGTH = 120


def decode_system(reading: Reading) -> Iterator[Sample]:
    """Device info, and uptime from a clock that does not wrap or restart with the agent, where one is."""
    description = read_text(reading.scalars.get("sysDescr"))[:_DESCRIPTION_LENGTH]
    labels = (reading.device, reading.model, reading.release, description)
    yield Sample(metrics.DEVICE_INFO, labels, 1)
    for name, factor in (("cseSysUpTime", 1.0), ("snmpEngineTime", 1.0), ("sysUpTime", 0.01)):
        value = reading.scalar(name)
        if value is not None:
            yield Sample(metrics.UPTIME, (reading.device,), round(value * factor, 2))
            break
    boots = reading.scalar("snmpEngineBoots")
    if boots is not None:
        yield Sample(metrics.ENGINE_BOOTS, (reading.device,), boots)


def decode_load(reading: Reading) -> Iterator[Sample]:
    """CPU: the busiest processor's 5-minute mean, else the NX-OS scalar, which polls inflate; memory too."""
    busy = [value for value in reading.column("cpmCPUTotal5minRev").values() if isinstance(value, int)]
    cpu = max(busy) if busy else reading.scalar("cseSysCPUUtilization")
    if cpu is not None and 0 <= cpu <= 100:
        yield Sample(metrics.CPU_RATIO, (reading.device,), cpu / 100)
    memory = _memory_ratio(reading)
    if memory is not None:
        yield Sample(metrics.MEMORY_RATIO, (reading.device,), round(memory, 6))
    yield from _pools(reading)


_POOLS = (
    ("cempMemPoolHCUsed", "cempMemPoolHCFree", "cempMemPoolName"),
    ("cempMemPoolUsed", "cempMemPoolFree", "cempMemPoolName"),
    ("ciscoMemoryPoolUsed", "ciscoMemoryPoolFree", "ciscoMemoryPoolName"),
)


def _pools(reading: Reading) -> Iterator[Sample]:
    """Used and free bytes of every pool of the best MIB that has any; pools of one name keep their index."""
    used_name, free_name, names = next((one for one in _POOLS if reading.column(one[0])), _POOLS[-1])
    taken: set[str] = set()
    for index in reading.column(used_name):
        used, free = reading.number(used_name, index), reading.number(free_name, index)
        numbers = ".".join(str(number) for number in split_index(index))
        name = reading.text(names, index) or f"pool {numbers}"
        if name in taken:
            name = f"{name} {numbers}"
        taken.add(name)
        if used is not None:
            yield Sample(metrics.MEMORY_POOL_USED, (reading.device, name), used)
        if free is not None:
            yield Sample(metrics.MEMORY_POOL_FREE, (reading.device, name), free)


def _memory_ratio(reading: Reading) -> float | None:
    percent = reading.scalar("cseSysMemoryUtilization")
    if percent is not None and 0 <= percent <= 100:
        return percent / 100
    for used_name, free_name in (
        ("cpmCPUMemoryUsed", "cpmCPUMemoryFree"),
        ("ciscoMemoryPoolUsed", "ciscoMemoryPoolFree"),
    ):
        for index in reading.column(used_name):  # the first pool is the processor's
            used, free = reading.number(used_name, index), reading.number(free_name, index)
            if used is not None and free is not None and used + free > 0:
                return used / (used + free)
    return None


def decode_config(reading: Reading) -> Iterator[Sample]:
    """When running-config changed, and when it was last saved, both in sysUpTime seconds."""
    changed = reading.scalar("ccmHistoryRunningLastChanged")
    if changed is not None:
        yield Sample(metrics.CONFIG_CHANGED, (reading.device,), changed / 100)
    saves = [
        value
        for name in ("ccmHistoryRunningLastSaved", "ccmHistoryStartupLastChanged")
        if (value := reading.scalar(name)) is not None
    ]
    if saves:
        yield Sample(metrics.CONFIG_SAVED, (reading.device,), max(saves) / 100)
        if changed is not None:
            yield Sample(metrics.CONFIG_UNSAVED, (reading.device,), int(changed > max(saves)))

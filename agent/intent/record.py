"""What all models of the inventory share: frozen, no unknown keys, and the small words in use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema


class Record(BaseModel):
    """Base of every model that is read from a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="lower case, digits, hyphens")]
PortName = Annotated[str, Field(pattern=r"^Ethernet\d+/\d+$", description="full NX-OS name: Ethernet1/7")]
VlanNumber = Annotated[int, Field(ge=2, le=3967)]
Words = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\"?#]*$")]
"""Text for people that also ends up in descriptions: one line, without quotes, ``?`` and ``#``."""

_END = re.compile(r"^([a-z0-9][a-z0-9-]*):(Ethernet\d+/\d+)$")


@dataclass(frozen=True, slots=True, order=True)
class End:
    """One end of a cable, written ``core-1:Ethernet3/1``."""

    switch: str
    port: str

    def __str__(self) -> str:
        return f"{self.switch}:{self.port}"


def parse_end(value: object) -> End:
    """An End from its written form.

    >>> parse_end("core-1:Ethernet3/1")
    End(switch='core-1', port='Ethernet3/1')
    """
    if isinstance(value, End):
        return value
    match = _END.match(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("a cable end is written switch:EthernetX/Y")
    return End(match[1], match[2])


CableEnd = Annotated[
    End,
    BeforeValidator(parse_end),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": _END.pattern}),
]

"""Where samples are pushed: a YAML file with one entry per receiver, checked as it is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agent.errors import UsageError


class Destination(BaseModel):
    """One receiver of remote write."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    """Of its queue, and in metrics."""
    url: Annotated[str, Field(pattern=r"^https?://")]
    protocol: Literal["auto", "1", "2"] = "auto"
    """``auto`` offers version 2 and falls back to 1."""
    credentials: str = ""
    """Name of a secret: ``basic USER PASSWORD`` or ``bearer TOKEN``."""
    org: str = ""
    """Value of X-Scope-OrgID, by which Mimir, Cortex, Loki and Thanos keep tenants apart."""
    tenant: str = ""
    """Only series of this tenant's ports, labelled with it; empty is the whole city."""
    labels: Mapping[str, str] = Field(default_factory=dict)
    """Labels of every series: ``replica: a``."""
    queue_bytes: Annotated[int, Field(ge=16 << 20)] = 512 << 20
    timeout_seconds: Annotated[float, Field(gt=0)] = 30.0

    def headers(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """Headers that name the tenant. Raises UsageError when the secret is missing."""
        headers = {"X-Scope-OrgID": self.org} if self.org else {}
        if self.credentials and secrets[self.credentials].startswith("bearer "):
            headers["Authorization"] = f"Bearer {secrets[self.credentials].removeprefix('bearer ')}"
        return headers

    def login(self, secrets: Mapping[str, str]) -> tuple[str, str] | None:
        """User and password, None without. Raises UsageError when the secret is missing or malformed."""
        if not self.credentials or secrets[self.credentials].startswith("bearer "):
            return None
        words = secrets[self.credentials].split(" ", 2)
        if words[0] != "basic" or len(words) != 3:
            raise UsageError(
                f"secret {self.credentials!r} is neither 'basic USER PASSWORD' nor 'bearer TOKEN'. correct it"
            )
        return words[1], words[2]


_LIST = TypeAdapter(list[Destination])


def load_destinations(file: Path) -> list[Destination]:
    """Receivers of the file; raises UsageError with the entry that is wrong."""
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    except OSError as exc:
        raise UsageError(f"{file}: cannot be read ({exc.strerror}). check MOULIN_REMOTE_WRITE") from exc
    except yaml.YAMLError as exc:
        raise UsageError(f"{file}: not YAML. write a list of receivers, see docs/watch.md") from exc
    try:
        destinations = _LIST.validate_python(found)
    except ValidationError as exc:
        first = exc.errors()[0]
        place = " ".join(str(part) for part in first["loc"])
        raise UsageError(f"{file}: entry {place}: {first['msg']}. see docs/watch.md") from exc
    names = [destination.name for destination in destinations]
    if len(set(names)) < len(names):
        raise UsageError(f"{file}: two receivers have one name. give each its own")
    return destinations

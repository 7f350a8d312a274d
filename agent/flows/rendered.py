"""What was rendered before, by digest of all that it was made from: a small edit renders one switch, no city.

One file a switch below the state folder, mode 0600 in a folder of mode 0700, for configurations hold secrets.
A file that others can read, that is damaged or that was made from something else is not used.
"""

from __future__ import annotations

import hmac
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from agent import __version__
from agent.intent.switch import Switch
from agent.render.env import Templates
from agent.render.render import render_switch


@dataclass(frozen=True, slots=True)
class Rendered:
    """The remembered configurations of one set of templates and secrets."""

    folder: Path
    origin: str
    """Digest of templates, secrets and version."""

    def text(self, switch: Switch, secrets: Mapping[str, str], templates: Templates) -> str:
        """The configuration, from memory where it is there; raises RenderError."""
        digest = sha256(f"{self.origin}\n{switch!r}".encode()).hexdigest()
        file = self.folder / f"{switch.name}.cfg"
        text = _recall(file, digest)
        if text is None:
            text = render_switch(switch, secrets, templates)
            _remember(file, digest, text)
        return text


def remember_rendered(state: Path, templates_digest: str, secrets: Mapping[str, str]) -> Rendered:
    """The memory below the state folder; nothing is read or written yet."""
    named = json.dumps(sorted((name, secrets[name]) for name in secrets))
    origin = hmac.new(named.encode(), f"{__version__}\n{templates_digest}".encode(), sha256).hexdigest()
    return Rendered(state / "rendered", origin)


def _recall(file: Path, digest: str) -> str | None:
    try:
        with file.open("rb") as source:
            mode = os.fstat(source.fileno()).st_mode
            head, _, body = source.read().partition(b"\n")
    except OSError:
        return None
    if mode & (stat.S_IRWXG | stat.S_IRWXO) or head.decode("ascii", "replace") != _seal(digest, body):
        return None
    return body.decode("utf-8")


def _seal(digest: str, body: bytes) -> str:
    return f"{digest} {sha256(body).hexdigest()}"


def _remember(file: Path, digest: str, text: str) -> None:
    """Write without haste: what is lost is rendered again, and a full disk is no reason to stop."""
    body = text.encode()
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(f"{_seal(digest, body)}\n".encode() + body)
        fresh.replace(file)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)

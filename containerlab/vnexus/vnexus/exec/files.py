"""bootflash: copy, dir, delete, show file."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command

FLASH_BYTES = 53_687_091_200
"""What the switch says that it has."""
KEPT_BYTES, KEPT_FILES = 256 * 1024 * 1024, 10_000
"""What it really takes: the files are in the memory of the process."""


class FlashError(Exception):
    """A file cannot be read or written; the text is the switch's."""


@dataclass(slots=True)
class Flash:
    """Files by name on ``bootflash:``."""

    files: dict[str, tuple[bytes, float]] = field(default_factory=dict)
    now: float = 0.0
    full: Callable[[], bool] = lambda: False
    """Whether a fault has filled it."""

    @staticmethod
    def name(path: str) -> str:
        """``bootflash:///x``, ``bootflash:x`` and ``/bootflash/x`` are one file."""
        text = path.partition(":")[2] if ":" in path else path.removeprefix("/bootflash")
        return text.removeprefix("//sup-local").lstrip("/")

    def write(self, path: str, data: str | bytes) -> None:
        """Raises FlashError."""
        if self.full():
            raise FlashError("No space left on device")
        name, content = self.name(path), data.encode() if isinstance(data, str) else data
        others = sum(len(old) for other, (old, _) in self.files.items() if other != name)
        if others + len(content) > KEPT_BYTES or len(self.files) >= KEPT_FILES:
            raise FlashError("No space left on device")
        self.files[name] = (content, self.now)

    def read(self, path: str) -> bytes:
        """Raises FlashError."""
        try:
            return self.files[self.name(path)][0]
        except KeyError:
            raise FlashError("No such file or directory") from None

    def listing(self, path: str = "") -> str:
        """What ``dir`` prints. Raises FlashError."""
        wanted = self.name(path)
        found = {n: f for n, f in self.files.items() if not wanted or n == wanted}
        if wanted and not found:
            raise FlashError("No such file or directory")
        lines = []
        for name, (data, at) in sorted(found.items()):
            stamp = time.strftime("%b %d %H:%M:%S %Y", time.gmtime(at))
            lines.append(f"{len(data):>9}    {stamp}  {name}")
        used = sum(len(data) for data, _ in self.files.values()) + 5_000_000_000
        used = FLASH_BYTES if self.full() else used
        return "\n".join(
            [*lines, "", "Usage for bootflash://sup-local", f"{used:>11} bytes used",
             f"{FLASH_BYTES - used:>11} bytes free", f"{FLASH_BYTES:>11} bytes total"]
        )  # fmt: skip


@command("dir")
def directory(call: Call) -> Output:
    flash = call.node.flash
    try:
        text = flash.listing(call.get("file") or "")
    except FlashError as exc:
        return Output(str(exc), error=True)
    wanted = flash.name(call.get("file") or "")
    rows = [
        {
            "fsize": str(len(data)),
            "timestring": time.strftime("%b %d %H:%M:%S %Y", time.gmtime(at)),
            "fname": name,
        }
        for name, (data, at) in sorted(flash.files.items())
        if wanted in {"", name}
    ]
    used, free, total = (line.split()[0] for line in text.splitlines()[-3:])
    sums = {"usage": "bootflash://sup-local", "bytesused": used, "bytesfree": free, "bytestotal": total}
    return Output(text, {**rows_of("dir", rows), **sums})


@command("delete")
def delete(call: Call) -> Output:
    path = call.get("file") or ""
    flash = call.node.flash
    try:
        flash.read(path)
    except FlashError as exc:
        return Output(str(exc), error=True)

    def do() -> Output:
        del flash.files[flash.name(path)]
        return Output()

    if call.said("no-prompt"):
        return do()
    return call.shell.confirm(f'Do you want to delete "/{flash.name(path)}" ? (yes/no/abort)   [y] ', do)


@command("show-file")
def show_file(call: Call) -> Output:
    try:
        data = call.node.flash.read(call.get("file") or "")
    except FlashError as exc:
        return Output(f"/bin/cat: {Flash.name(call.get('file') or '')}: {exc}", error=True)
    if call.said("md5sum"):
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return Output(digest, {"file_content_md5sum": digest})
    if call.said("sha256sum"):
        return Output(hashlib.sha256(data).hexdigest())
    return Output(data.decode(errors="replace").rstrip("\n"))


@command("copy")
def copy(call: Call) -> Output:
    source, target = call.get("source") or "", call.get("target") or ""
    try:
        data = call.node.flash.read(source)
    except FlashError as exc:
        return Output(str(exc), error=True)
    return _write(call, target, data)


@command("copy-running")
def copy_running(call: Call) -> Output:
    return _write(call, call.get("target") or "", call.node.running_text("show running-config").encode())


@command("copy-startup")
def copy_startup(call: Call) -> Output:
    text = call.node.startup_text()
    if text is None:
        return Output("No startup configuration", error=True)
    return _write(call, call.get("target") or "", text.encode())


def _write(call: Call, target: str, data: bytes) -> Output:
    flash = call.node.flash

    def do() -> Output:
        try:
            flash.write(target, data)
        except FlashError as exc:
            return Output(f"{exc}\nCopy failed.", error=True)
        return Output("Copy complete, now saving to disk (please wait)...\nCopy complete.")

    if flash.name(target) in flash.files:
        return call.shell.confirm(
            "Warning: There is already a file existing with this name. Do you want to overwrite (y/n)?[n] ",
            do,
        )
    return do()


@command("copy-to-running")
def copy_to_running(call: Call) -> Output:
    """Merge a file, line by line; lines that are refused are shown and the rest goes on."""
    try:
        text = call.node.flash.read(call.get("source") or "").decode(errors="replace")
    except FlashError as exc:
        return Output(str(exc), error=True)
    problems = call.node.merge(text)
    return Output(
        "\n".join([*problems, "Copy complete, now saving to disk (please wait)...", "Copy complete."])
    )


@command("copy-to-startup")
def copy_to_startup(call: Call) -> Output:
    try:
        text = call.node.flash.read(call.get("source") or "").decode(errors="replace")
    except FlashError as exc:
        return Output(str(exc), error=True)
    call.node.set_startup(text)
    return Output("Copy complete.")

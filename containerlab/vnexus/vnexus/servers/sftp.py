"""SFTP to bootflash: one flat folder of files in memory."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from asyncssh import SFTPAttrs, SFTPError, SFTPName, SFTPNoSuchFile, SFTPPermissionDenied, SFTPServer
from asyncssh.constants import FX_FAILURE, FXF_CREAT, FXF_TRUNC, FXF_WRITE

from vnexus.exec.files import Flash, FlashError
from vnexus.servers.scp import MAX_BYTES

ROOT = b"/bootflash"


@dataclass(slots=True)
class _Open:
    """A file while it is open; written back when it is closed."""

    name: str
    content: bytearray = field(default_factory=bytearray)
    writes: bool = False

    def seek(self, offset: int, whence: int) -> int:
        """Where data or the hole at the end begins: asyncssh's clients ask. Raises OSError behind the end."""
        if offset >= len(self.content):
            raise OSError(errno.ENXIO, "behind the end")
        return len(self.content) if whence == os.SEEK_HOLE else offset


class BootflashServer(SFTPServer):
    """``reads_only`` for users who may look only."""

    def __init__(self, flash: Flash, *, reads_only: bool) -> None:
        self.flash, self.reads_only = flash, reads_only

    @staticmethod
    def name_of(path: bytes) -> str:
        """Name on bootflash; empty for the folder itself."""
        text = path.decode(errors="replace")
        return "" if text in {".", "/", "/bootflash", "/bootflash/"} else Flash.name(text).removeprefix("./")

    def _allow(self) -> None:
        if self.reads_only:
            raise SFTPPermissionDenied("Permission denied for the role")

    def _content(self, name: str) -> bytes:
        try:
            return self.flash.read(name)
        except FlashError as exc:
            raise SFTPNoSuchFile(str(exc)) from exc

    def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> object:
        """Raises SFTPError."""
        del attrs
        name = self.name_of(path)
        if not name:
            raise SFTPError(FX_FAILURE, "Is a directory")
        writes = bool(pflags & FXF_WRITE)
        if writes:
            self._allow()
        fresh = pflags & FXF_TRUNC or (pflags & FXF_CREAT and name not in self.flash.files)
        return _Open(name, bytearray() if fresh else bytearray(self._content(name)), writes)

    def close(self, file_obj: object) -> None:
        """Raises SFTPError when the flash is full."""
        assert isinstance(file_obj, _Open)  # noqa: S101 - what open gave
        if file_obj.writes:
            try:
                self.flash.write(file_obj.name, bytes(file_obj.content))
            except FlashError as exc:
                raise SFTPError(FX_FAILURE, str(exc)) from exc

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        assert isinstance(file_obj, _Open)  # noqa: S101 - what open gave
        return bytes(file_obj.content[offset : offset + size])

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Raises SFTPError for a file that is too large."""
        assert isinstance(file_obj, _Open)  # noqa: S101 - what open gave
        if offset + len(data) > MAX_BYTES or self.flash.full():
            raise SFTPError(FX_FAILURE, "No space left on device")
        content = file_obj.content
        content.extend(bytes(max(0, offset - len(content))))
        content[offset : offset + len(data)] = data
        return len(data)

    def stat(self, path: bytes) -> SFTPAttrs:
        """Raises SFTPNoSuchFile."""
        name = self.name_of(path)
        if not name:
            return SFTPAttrs(size=0, permissions=stat.S_IFDIR | 0o755)
        content = self._content(name)
        at = int(self.flash.files[name][1])
        return SFTPAttrs(size=len(content), permissions=stat.S_IFREG | 0o644, atime=at, mtime=at)

    def lstat(self, path: bytes) -> SFTPAttrs:
        return self.stat(path)

    def fstat(self, file_obj: object) -> SFTPAttrs:
        assert isinstance(file_obj, _Open)  # noqa: S101 - what open gave
        return SFTPAttrs(size=len(file_obj.content), permissions=stat.S_IFREG | 0o644)

    def setstat(self, path: bytes, attrs: SFTPAttrs, *, follow_symlinks: bool = True) -> None:
        """Times and permissions are not kept."""

    def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """Times and permissions are not kept."""

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        """Raises SFTPNoSuchFile for a folder that is not the only one."""
        if self.name_of(path):
            raise SFTPNoSuchFile("No such file or directory")
        for name in sorted(self.flash.files):
            yield SFTPName(name.encode(), attrs=self.stat(name.encode()))

    def remove(self, path: bytes) -> None:
        """Raises SFTPError."""
        self._allow()
        name = self.name_of(path)
        self._content(name)
        del self.flash.files[name]

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Raises SFTPError."""
        self._allow()
        old, new = self.name_of(oldpath), self.name_of(newpath)
        self._content(old)
        if not new or new in self.flash.files:
            raise SFTPError(FX_FAILURE, "File exists")
        self.flash.files[new] = self.flash.files.pop(old)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """As ``rename``, over a file that is there. Raises SFTPError."""
        self._allow()
        self._content(self.name_of(oldpath))
        self.flash.files.pop(self.name_of(newpath), None)
        self.rename(oldpath, newpath)

    def realpath(self, path: bytes) -> bytes:
        name = self.name_of(path)
        return ROOT + (b"/" + name.encode() if name else b"")

    def fsync(self, file_obj: object) -> None:
        """Nothing: the file is written when it is closed."""

    def map_path(self, path: bytes) -> bytes:
        """Whatever is not done above would use the real disk. Raises SFTPPermissionDenied."""
        raise SFTPPermissionDenied(f"{path.decode(errors='replace')}: Operation not permitted")

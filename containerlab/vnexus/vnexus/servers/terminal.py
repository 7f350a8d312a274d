"""One terminal over SSH: echo, keys, pages and prompts as NX-OS has them; SCP and SFTP beside it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import asyncssh
from asyncssh.stream import SSHServerStreamSession

from vnexus.exec.help import completion, help_text
from vnexus.exec.output import Output
from vnexus.exec.shell import Shell
from vnexus.faults import NOISE, NOISE_SECONDS
from vnexus.node import Node
from vnexus.servers.hold import hold
from vnexus.servers.scp import Download, Upload, parse_command
from vnexus.servers.sftp import BootflashServer

LOGIN_BANNER = """Cisco Nexus Operating System (NX-OS) Software
TAC support: http://www.cisco.com/tac
Copyright (C) 2002-{year}, Cisco and/or its affiliates.
All rights reserved.
The copyrights to certain works contained in this software are
owned by other third parties and used and distributed under their own
licenses, such as open source.  This software is provided "as is," and unless
otherwise stated, there is no warranty, express or implied, including but not
limited to warranties of merchantability and fitness for a particular purpose.
Certain components of this software are licensed under
the GNU General Public License (GPL) version 2.0 or
GNU General Public License (GPL) version 3.0  or the GNU
Lesser General Public License (LGPL) Version 2.1 or
Lesser General Public License (LGPL) Version 2.0.
A copy of each such license is available at
http://www.opensource.org/licenses/gpl-2.0.php and
http://opensource.org/licenses/gpl-3.0.html and
http://www.opensource.org/licenses/lgpl-2.1.php and
http://www.gnu.org/licenses/old-licenses/library.txt.
"""
MAX_LINE = 65_536
MAX_TYPED = 32
"""Pieces that wait to be read before the client is told to wait."""
MORE = "--More--"
_KEYS = "\r\n\x1a\x03\x7f\b?\t"
"""Keys that do something at once."""
_KEY = re.compile(f"[{re.escape(_KEYS)}]")
_NO_MORE = re.compile(r"\|\s*no-m")


class Terminal(asyncssh.SSHServerSession[str]):
    """One terminal: characters in, echo and replies out."""

    def __init__(self, node: Node, user: str) -> None:
        self.shell: Shell = node.shell(user)
        self.node = node
        self.typed: asyncio.Queue[str | None] = asyncio.Queue()
        self.line = ""
        self.after_return = False
        self.command: str | None = None
        self.transfer: Upload | Download | None = None
        self.files: SSHServerStreamSession[Any] | None = None
        """The SFTP side, when the client asked for it."""
        self.room = asyncio.Event()
        """Set while the client takes what is sent; nothing more is done for one that does not."""
        self.room.set()
        self.echoes = False
        self.pages: list[str] = []
        """Lines that wait behind ``--More--``."""

    def connection_made(self, chan: asyncssh.SSHServerChannel[str]) -> None:
        self.chan = chan

    def pty_requested(self, term_type: str, term_size: Any, term_modes: Any) -> bool:
        self.echoes = True
        self.shell.length = term_size[1] if len(term_size) > 1 else 0
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        wanted = parse_command(command)
        if wanted is None:
            self.command = command
            return True
        way, path = wanted
        if way == "t" and self.shell.operator:
            return False
        self.chan.set_encoding(None)
        send: Callable[[bytes], None] = self.chan.write
        self.node.flash.now = self.node.clock.now()
        kind = Upload if way == "t" else Download
        self.transfer = kind(self.node.flash, path, send)
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        """SFTP, where ``feature sftp-server`` allows it."""
        if subsystem != "sftp" or not self.node.config.feature("sftp-server"):
            return False
        self.chan.set_encoding(None)
        flash, reads_only = self.node.flash, self.shell.operator
        flash.now = self.node.clock.now()

        def make(_: asyncssh.channel.SSHChannel[bytes]) -> BootflashServer:
            return BootflashServer(flash, reads_only=reads_only)

        self.files = SSHServerStreamSession(None, make, sftp_version=3, allow_scp=False)
        self.files.connection_made(self.chan)
        return True

    def session_started(self) -> None:
        if self.files is not None:
            self.files.session_started()
            return
        if self.transfer is not None:
            self.transfer.start()
            self._leave()
            return
        self.node.sessions.append(self.shell)
        self.loop = asyncio.get_running_loop()
        self.shell.notify = self._notify
        self.task = self.loop.create_task(self._serve())
        self.node.terminals.add(self.task)
        self.task.add_done_callback(self.node.terminals.discard)

    def data_received(self, data: str, datatype: asyncssh.DataType) -> None:
        if self.files is not None:
            self.files.data_received(data, datatype)
            return
        if self.transfer is not None:
            self.transfer.take(data)  # type: ignore[arg-type]  # the channel has no encoding any more
            self._leave()
            return
        self.typed.put_nowait(data)
        if self.typed.qsize() == MAX_TYPED:
            self.chan.pause_reading()

    def _leave(self) -> None:
        """End the channel of a transfer that is over."""
        if self.transfer is not None and self.transfer.done and not self.chan.is_closing():
            self.chan.exit(0)

    def eof_received(self) -> bool:
        if self.files is not None:
            return bool(self.files.eof_received())
        if self.transfer is not None:
            self.transfer.finish()
            self._leave()
            return False
        self.typed.put_nowait(None)
        return True  # what was typed before is still answered

    def pause_writing(self) -> None:
        self.room.clear()
        if self.files is not None:
            self.files.pause_writing()

    def resume_writing(self) -> None:
        self.room.set()
        if self.files is not None:
            self.files.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.room.set()
        if self.files is not None:
            self.files.connection_lost(exc)
            return
        if self.shell in self.node.sessions:
            self.node.sessions.remove(self.shell)
        self.typed.put_nowait(None)

    async def _serve(self) -> None:
        try:
            if self.command is not None:
                await self._execute_only(self.command)
            else:
                await self._converse()
        except (BrokenPipeError, asyncssh.Error, OSError):
            return
        finally:
            self.chan.close()

    async def _execute_only(self, command: str) -> None:
        for line in command.splitlines():
            output = await self._run(line)
            if output is None:
                return
            if output.text:
                self.chan.write(output.text + "\n")
        self.chan.exit(0)

    async def _converse(self) -> None:
        banner = self.node.config.root.value("banner", "motd")
        if banner:
            self._write(banner[1:-1].strip("\n") + "\n")
        self._write(LOGIN_BANNER.format(year=self.node.release.copyright_year))
        self._prompt()
        while (data := await self.typed.get()) is not None:
            if not await self._take(data):
                return
            if self.typed.qsize() == MAX_TYPED // 2:
                self.chan.resume_reading()
            await asyncio.sleep(0)  # as in _answer

    def _notify(self, text: str) -> None:
        """Text in the middle of the prompt; timers may ring in another thread."""
        self.loop.call_soon_threadsafe(self._say, text)

    def _say(self, text: str) -> None:
        if not self.chan.is_closing():
            self._write(f"{text}\n{self.shell.prompt}")

    def _write(self, text: str) -> None:
        sent = text.replace("\n", "\r\n")
        room = self.node.faults.room(len(sent)) if self.node.faults.active else None
        self.chan.write(sent if room is None else sent[:room])
        if room is not None:
            loop = asyncio.get_running_loop()  # what is written goes out first
            loop.call_later(0.05, self.chan.get_connection().abort)

    def _prompt(self) -> None:
        """N9K 10.x returns the carriage once more before it."""
        prompt = self.shell.prompt
        again = self.echoes and prompt and self.node.spec.profile == "n9k-10"
        self.chan.write(f"\r{prompt}" if again else prompt)

    # -- paging -----------------------------------------------------------------------------------

    def _show(self, text: str, line: str) -> bool:
        """Write a reply; False when a part of it waits for a key."""
        length = self.shell.length
        lines = text.split("\n")
        if not self.echoes or length < 2 or len(lines) < length or _NO_MORE.search(line):
            self._write(text + "\n")
            return True
        self.pages = lines
        self._turn(length - 1)
        return False

    def _turn(self, count: int) -> None:
        shown, self.pages = self.pages[:count], self.pages[count:]
        self._write("\n".join(shown) + "\n")
        if self.pages:
            self.chan.write(MORE)
        else:
            self._prompt()

    def _key(self, char: str) -> None:
        """Space turns the page, Enter shows a line more, q and Ctrl-C leave."""
        if char not in " \r\nqQ\x03":
            return
        self.chan.write(f"\r{' ' * len(MORE)}\r")
        if char in "qQ\x03":
            self.pages = []
            self._prompt()
        else:
            self._turn(max(self.shell.length - 1, 1) if char == " " else 1)

    async def _take(self, data: str) -> bool:
        """Characters as they come; False when the session is over."""
        start = 0
        length = len(data)
        index = -1
        while (index := index + 1) < length:
            if not self.pages and not self.after_return:
                found = _KEY.search(data, index)
                index = found.start() if found else length
                if found is None:
                    break
            char = data[index]
            if char == "\n" and self.after_return:
                self.after_return = False
                start = index + 1
                continue
            self.after_return = char == "\r"
            if self.pages:
                self._key(char)
                start = index + 1
                continue
            if char not in _KEYS or self._literal(char, data[start:index]):
                continue
            self._type(data[start:index])
            start = index + 1
            if not await self._control(char):
                return False
        self._type(data[start:])
        return True

    def _type(self, text: str) -> None:
        if text and len(self.line) <= MAX_LINE:
            self.line += text[: MAX_LINE + 1 - len(self.line)]
            if self.echoes:
                self.chan.write(text)

    def _literal(self, char: str, before: str) -> bool:
        """A question mark or tab that is text: no terminal, an answer, a banner, or behind Ctrl-V."""
        if char not in "?\t":
            return False
        session = self.shell.configuring
        taken = not self.echoes or self.shell.pending is not None or (session is not None and session.banner)
        return bool(taken) or (self.line + before).endswith("\x16")

    def _assist(self, char: str) -> None:
        """``?`` lists what may follow, Tab completes; the line stays to be typed on."""
        shell, prompt = self.shell, self.shell.prompt
        if char == "?":
            self._write(f"?\n{help_text(shell, self.line, len(prompt))}\n\n")
        else:
            more, words = completion(shell, self.line)
            if more:
                self._type(more)
            if not words:
                return
            self._write("\n" + "  ".join(words) + "\n")
        self._prompt()
        self.chan.write(self.line)

    async def _control(self, char: str) -> bool:
        if char in "?\t":
            self._assist(char)
            return True
        if char in "\x7f\b":
            if self.line:
                self.line = self.line[:-1]
                self.chan.write("\b \b")
            return True
        line, self.line = self.line.replace("\x16", ""), ""
        if self.echoes:
            self.chan.write("\r\n")
        if char == "\x03":
            self._prompt()
            return True
        if char == "\x1a":
            line = "end"
        return await self._answer(line)

    async def _answer(self, line: str) -> bool:
        await asyncio.sleep(0)  # others come in between two commands
        await self.room.wait()
        output = await self._run(line)
        if output is None:
            return False
        if NOISE in output.text and self.node.faults.noisy():
            output = await self._work(output)
        if output.text and (output.question or output.closes):
            self._write(output.text + "\n")
        elif output.text and not self._show(output.text, line):
            return True
        if output.closes:
            self.chan.exit(0)
            return False
        if output.question:
            self._write(output.question)
        else:
            self._prompt()
        return True

    async def _work(self, output: Output) -> Output:
        """Show the progress and take the time for it; what is left of the reply."""
        progress, noise, rest = output.text.partition(NOISE)
        self._write(progress + noise)
        await asyncio.sleep(NOISE_SECONDS)
        return replace(output, text=rest)

    async def _run(self, line: str) -> Output | None:
        """None when the connection is to be cut."""
        if line.strip() and not await hold(self.node, line):
            self.chan.get_connection().abort()
            return None
        output = self.shell.run(line, indent=len(self.shell.prompt))
        if not self.node.reachable():
            self.chan.get_connection().abort()
            return None
        return output

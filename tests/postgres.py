"""A PostgreSQL of one's own, for tests of the shared journal."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def find_binary(name: str) -> str:
    """Debian keeps the server's commands out of PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(kept[-1]) if kept else shutil.which(name)
    if found is None:
        pytest.skip("PostgreSQL is not on this machine: apt-get install postgresql")
    return found


def nobody_special() -> dict[str, int]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid}
    pytest.skip("no user to run PostgreSQL as")


@contextmanager
def private_cluster() -> Iterator[str]:
    """A server of its own on loopback while inside; its URL. Skips the test where there is no PostgreSQL."""
    initdb, postgres = find_binary("initdb"), find_binary("postgres")
    who = nobody_special()
    folder = Path(tempfile.mkdtemp(prefix="moulin-pg-"))
    if who:
        os.chown(folder, who["user"], who["group"])
    calm = {"LC_ALL": "C", "PATH": os.environ["PATH"]}
    subprocess.run(
        [initdb, "-D", folder / "data", "-U", "moulin", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, cwd=folder, env=calm, **who,
    )  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [postgres, "-D", folder / "data", "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"],
        stderr=subprocess.PIPE, text=True, cwd=folder, env=calm, **who,
    )  # fmt: skip
    try:
        assert server.stderr is not None
        for line in server.stderr:
            if "ready to accept connections" in line:
                break
        drain = threading.Thread(target=server.stderr.read)
        drain.start()
        yield f"postgresql+psycopg://moulin@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)
        drain.join(10)
        server.stderr.close()
        shutil.rmtree(folder)

"""Runs the command `coffer` for tests, in a pipe or on a terminal."""

import os
import pty
import select
import subprocess

COFFER = os.path.abspath("bindings/cli/coffer")
TRACE = os.path.abspath("tests/data/web12.txt.gz")
YES, NO, USAGE, FAILED = 0, 1, 2, 3


def coffer(*args, stdin=b"", env=None):
    """Returns exit code, output and errors."""
    environment = {k: v for k, v in os.environ.items() if k != "COFFER_CACHE"}
    environment.update(env or {})
    if isinstance(stdin, str):
        stdin = stdin.encode()
    done = subprocess.run(
        [COFFER, *args], input=stdin, env=environment, capture_output=True, check=False
    )
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode()


def shell(*lines, options=()):
    return coffer(*options, "shell", *lines)


def on_terminal(*args):
    """Runs with a terminal for output and errors; returns exit code and what it showed."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [COFFER, *args], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave
    )
    os.close(slave)
    shown = b""
    while True:
        select.select([master], [], [])
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    return process.wait(), shown.decode().replace("\r\n", "\n")

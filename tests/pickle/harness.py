"""The driver of this folder, called from Python."""

import os
import random
import subprocess

from tests.pickle.values import notation

DRIVER = os.path.join("tests", "pickle", "driver")
CORRUPT, UNSUPPORTED, TOO_LARGE = 25, 18, 19


class Refusal(str):
    """What the serializer says instead of an answer."""

    @property
    def status(self):
        return int(self.split(" ", 2)[1])


def seed():
    value = int(os.environ.get("COFFER_TEST_SEED") or random.SystemRandom().getrandbits(32))
    print("COFFER_TEST_SEED=%d" % value, flush=True)
    return value


def _run(arguments, data):
    return subprocess.run([DRIVER] + arguments, input=data, stdout=subprocess.PIPE, check=True).stdout


def decode(pickles, *options):
    """What each pickle (bytes) is read as: a value in notation, or a Refusal."""
    data = b"".join(b"%d\n%s" % (len(pickle), pickle) for pickle in pickles)
    lines = _run(["decode", *options], data).decode(errors="replace").split("\n")[:-1]
    assert len(lines) == len(pickles), "an answer to each"
    return [Refusal(line) if line.startswith("!") else line for line in lines]


def encode_lines(lines, *options):
    """What is written for each value in notation: bytes, or a Refusal."""
    out = _run(["encode", *options], "".join(line + "\n" for line in lines).encode())
    pickles = []
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        head = out[at:end]
        at = end + 1
        if head.startswith(b"!"):
            pickles.append(Refusal(head.decode()))
        else:
            pickles.append(out[at:at + int(head)])
            at += int(head)
    assert len(pickles) == len(lines), "an answer to each"
    return pickles


def encode(values, *options):
    return encode_lines([notation(value) for value in values], *options)

"""`coffer convert` needs no more memory for a large file than for a small one.

Three formats need some: protobuf says how long a list is before its items, and so does msgpack, which costs 8 bytes for
each list and map (for msgpack only if the input does not say it); and a pickle may come back to whatever was in it, so
that all of it is kept.
"""

import hashlib
import os
import resource
import subprocess
import tempfile
import unittest

from bindings.cli.testing import COFFER

RECORD = b'{"id":%d,"name":"customer number %d","balance":12.5,"tags":["new",null,true]}'
RECORDS = 1_000_000  # 80 MB
LIMIT = 48 << 20  # of memory that is the program's own; what is mapped from a file does not count
FEW_RECORDS = 150_000  # 12 MB, for the formats that take longer
SMALL_LIMIT = 6 << 20


def write_records(path, records=RECORDS):
    """One list of records; returns the digest of the file."""
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        for first in range(0, records, 10_000):
            piece = b",".join(RECORD % (n, n) for n in range(first, first + 10_000))
            piece = (
                (b"[" if first == 0 else b",")
                + piece
                + (b"]" if first + 10_000 == records else b"")
            )
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def convert(*args, stdin=subprocess.DEVNULL, formats=("json", "json"), limit=LIMIT, to=None):
    """Returns exit code, errors, and the digest of what was written, which also goes to the file `to`."""
    process = subprocess.Popen(
        [COFFER, "convert", "--from", formats[0], "--to", formats[1], *args],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)),
    )
    digest = hashlib.sha256()
    with open(to or os.devnull, "wb") as file:
        while piece := process.stdout.read(1 << 20):
            digest.update(piece)
            file.write(piece)
    errors = process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    return process.wait(), errors, digest.hexdigest()


class Stream(unittest.TestCase):
    def test_a_file_larger_than_memory(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "records.json")
            expected = write_records(path)
            self.assertGreater(os.path.getsize(path), LIMIT)
            self.assertEqual(convert(path), (0, b"", expected))
            with open(path, "rb") as file:
                self.assertEqual(convert(stdin=file), (0, b"", expected))
            with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as cat:
                self.assertEqual(convert(stdin=cat.stdout), (0, b"", expected))

    def test_every_pair_of_formats(self):
        formats = ("json", "yaml", "msgpack", "protobuf", "pickle")
        measuring = 8 * 2 * FEW_RECORDS * 3  # while its memory grows, the old one is there too
        with tempfile.TemporaryDirectory() as folder:
            paths = {name: os.path.join(folder, "records." + name) for name in formats}
            digests = {"json": write_records(paths["json"], FEW_RECORDS)}
            for name in formats[1:]:
                limit = SMALL_LIMIT + (measuring if name in ("msgpack", "protobuf") else 0)
                code, errors, digests[name] = convert(
                    paths["json"], formats=("json", name), limit=limit, to=paths[name]
                )
                self.assertEqual((code, errors), (0, b""), name)
            for name in formats[1:]:
                size = os.path.getsize(paths[name])
                self.assertGreater(size, SMALL_LIMIT)
                for other in formats:
                    measured = other == "protobuf" or (
                        other == "msgpack" and name not in ("msgpack", "protobuf")
                    )
                    limit = (
                        SMALL_LIMIT
                        + (measuring if measured else 0)
                        + (8 * size if name == "pickle" else 0)
                    )
                    with self.subTest(of=name, to=other):
                        self.assertEqual(
                            convert(paths[name], formats=(name, other), limit=limit),
                            (0, b"", digests[other]),
                        )


if __name__ == "__main__":
    unittest.main()

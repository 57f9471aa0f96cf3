"""`coffer convert` needs no more memory for a large file than for a small one."""

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


def write_records(path):
    """One list of records; returns the digest of the file."""
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        for first in range(0, RECORDS, 10_000):
            piece = b",".join(RECORD % (n, n) for n in range(first, first + 10_000))
            piece = (b"[" if first == 0 else b",") + piece + (b"]" if first + 10_000 == RECORDS else b"")
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def limit_memory():
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))


def convert(*args, stdin=subprocess.DEVNULL):
    """Returns exit code, errors, and the digest of what was written."""
    process = subprocess.Popen([COFFER, "convert", "--from", "json", "--to", "json", *args], stdin=stdin,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit_memory)
    digest = hashlib.sha256()
    while piece := process.stdout.read(1 << 20):
        digest.update(piece)
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


if __name__ == "__main__":
    unittest.main()

"""Gate: every accepted state of the golden files has an entry with date and reason in changes.md."""
import hashlib
import os
import re
import sys

ENTRY = re.compile(r"^- (\d{4}-\d{2}-\d{2}) `([0-9a-f]{12})` (\S.+)$", re.M)


def digest(folder):
    """Of the names and bytes of all golden files."""
    total = hashlib.sha256()
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as f:
            total.update(name.encode() + b"\0" + hashlib.sha256(f.read()).digest())
    return total.hexdigest()[:12]


def main():
    golden, changes = sys.argv[1:]
    with open(changes) as f:
        entries = ENTRY.findall(f.read())
    if not entries:
        sys.exit("%s has no entry" % changes)
    if entries[-1][1] != digest(golden):
        sys.exit(
            "The golden files were changed without a reason: the last entry of tests/abi/changes.md is about %s,\n"
            'and they are %s. Make both with tests/abi/update.sh "the reason".'
            % (entries[-1][1], digest(golden))
        )


if __name__ == "__main__":
    main()

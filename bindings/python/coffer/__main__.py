"""`python -m coffer`: the command line tool."""

from __future__ import annotations

import os
import sys
from typing import NoReturn


def _tool() -> str:
    packaged = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "coffer")
    return os.environ.get("COFFER_TOOL", packaged)


def main() -> NoReturn:
    tool = _tool()
    if not os.access(tool, os.X_OK):
        sys.exit(
            f"coffer: the command line tool is not at {tool}; install the wheel, or name it in COFFER_TOOL"
        )
    os.execv(tool, ["coffer", *sys.argv[1:]])


if __name__ == "__main__":
    main()

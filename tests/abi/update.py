"""update.py LIBRARY PLUGINS_FOLDER REASON: accepts the ABI as it is built now. Started by update.sh."""
import datetime
import os
import sys

from tests.abi import changes, gate


def main():
    library, plugins, reason = sys.argv[1:]
    if not reason.strip() or "\n" in reason:
        sys.exit('update.sh "REASON": one line that tells why the ABI changes')
    home = os.path.join(os.environ["BUILD_WORKSPACE_DIRECTORY"], "tests/abi")
    golden = os.path.join(home, "golden")
    inputs = gate.Inputs(library, plugins)
    os.makedirs(golden, exist_ok=True)
    before = changes.digest(golden)
    for name in gate.GATES:
        module = gate.load(name)
        with open(os.path.join(golden, module.GOLDEN), "w") as f:
            f.write(module.produce(inputs))
    after = changes.digest(golden)
    if before == after:
        print("nothing has changed")
        return
    with open(os.path.join(home, "changes.md"), "a") as f:
        f.write("- %s `%s` %s\n" % (datetime.date.today(), after, reason.strip()))
    print("accepted as %s" % after)


if __name__ == "__main__":
    main()

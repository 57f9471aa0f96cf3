"""Gate: sizes, offsets, types, constants and prototypes of the public headers."""
import json

from tests.abi import api

GOLDEN = "layout.json"


def produce(inputs):
    return json.dumps(api.describe(inputs.include), indent=1) + "\n"


def check(inputs, golden):
    """What differs, by name; nothing if all is as it was."""
    then, now = json.loads(golden), api.describe(inputs.include)
    for section in sorted(set(then) | set(now)):
        old, new = then.get(section, {}), now.get(section, {})
        for name in sorted(set(old) | set(new)):
            if name not in new:
                yield "%s is gone" % name
            elif name not in old:
                yield "%s is new" % name
            elif old[name] != new[name]:
                yield from _difference(name, old[name], new[name])


def _difference(name, old, new):
    if not isinstance(old, dict):
        yield "%s was %s and is %s" % (name, old, new)
        return
    for key in ("size", "align"):
        if old[key] != new[key]:
            yield "%s: %s was %d and is %d" % (name, key, old[key], new[key])
    for line in old["members"]:
        if line not in new["members"]:
            yield "%s: '%s' is gone (offset, size, name: type)" % (name, line)
    for line in new["members"]:
        if line not in old["members"]:
            yield "%s: '%s' is new" % (name, line)

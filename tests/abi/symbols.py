"""Gate: what libcoffer and the bundled plugins export."""
from tests.abi import api
from tests.abi.elf import SharedObject

GOLDEN = "symbols.txt"
PLUGIN_FUNCTIONS = {"coffer_plugin_info_v1", "coffer_plugin_create_v1"}


def produce(inputs):
    return "".join(line + "\n" for line in _lines(inputs))


def _lines(inputs):
    for path in [inputs.library] + inputs.plugins:
        binary = SharedObject(path)
        for symbol in sorted(binary.exports(), key=lambda s: s.name):
            version = "@" + symbol.version if symbol.version else ""
            # libcoffer's symbol versions: coffer_get@COFFER_1.0
            yield "%s %s%s" % (binary.name, symbol.name, version)


def check(inputs, golden):
    declared = set(api.describe(inputs.include)["functions"]) - PLUGIN_FUNCTIONS
    yield from _check_binary(SharedObject(inputs.library), declared)
    for path in inputs.plugins:
        plugin = SharedObject(path)
        yield from _check_binary(plugin, PLUGIN_FUNCTIONS)
        for symbol in plugin.imports():
            if symbol.name.startswith("coffer_"):
                yield "%s imports %s; the host gives a plugin all it needs" % (
                    plugin.name,
                    symbol.name,
                )
    then, now = set(golden.splitlines()), set(_lines(inputs))
    for line in sorted(then - now):
        yield "no longer there: %s" % line
    for line in sorted(now - then):
        yield "new: %s" % line


def _check_binary(binary, wanted):
    exported = {symbol.name for symbol in binary.exports()}
    for name in sorted(wanted - exported):
        yield "%s does not export %s, which a header declares" % (binary.name, name)
    for name in sorted(exported - wanted):
        yield "%s exports %s, which no header declares" % (binary.name, name)
    for symbol in binary.exports():
        if symbol.kind != "FUNC":
            yield "%s exports %s, which is no function" % (binary.name, symbol.name)
    for symbol in binary.symbols:
        if symbol.binding == "UNIQUE":
            yield "%s has the unique symbol %s (-fno-gnu-unique is missing)" % (
                binary.name,
                symbol.name,
            )

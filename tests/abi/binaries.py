"""Gate: what libcoffer and the plugins need of the machine they run on, and how they are linked."""
import json

from tests.abi.elf import SharedObject, number

GOLDEN = "binaries.json"

# Libraries that are loaded late share what glibc keeps for this, 512 bytes in all: beyond it they do not load.
STATIC_TLS_LIMIT = 64


def produce(inputs):
    return (
        json.dumps({binary.name: _needs(binary) for binary in _binaries(inputs)}, indent=1) + "\n"
    )


def _binaries(inputs):
    return [SharedObject(path) for path in [inputs.library] + inputs.plugins]


def _needs(binary):
    return {
        "needed": sorted(binary.tags("NEEDED")),
        "versions": dict(sorted(binary.newest_versions().items())),
    }


def check(inputs, golden):
    allowed = json.loads(golden)
    binaries = _binaries(inputs)
    for binary in binaries:
        if binary.name in allowed:
            yield from _check_needs(binary, allowed[binary.name])
        else:
            yield "%s is new" % binary.name
        yield from _check_linking(binary)
    for name in sorted(set(allowed) - {binary.name for binary in binaries}):
        yield "%s is gone" % name
    soname = SharedObject(inputs.library).tags("SONAME")
    if soname != ["libcoffer.so.1"]:
        yield "the soname of libcoffer is %s" % soname


def _check_needs(binary, allowed):
    """Less than allowed is fine: it runs on more machines."""
    needs = _needs(binary)
    for library in needs["needed"]:
        if library not in allowed["needed"]:
            yield "%s needs %s now" % (binary.name, library)
    for family, version in needs["versions"].items():
        most = allowed["versions"].get(family, "0")
        if number(version) > number(most):
            newest = [s.name for s in binary.imports() if s.version == "%s_%s" % (family, version)]
            yield "%s needs %s_%s now, it was %s; because of %s" % (
                binary.name,
                family,
                version,
                most,
                ", ".join(newest[:5]),
            )


def _check_linking(binary):
    for tag in ("RPATH", "RUNPATH", "TEXTREL"):
        if binary.tags(tag):
            yield "%s has %s %s" % (binary.name, tag, binary.tags(tag))
    flags = " ".join(binary.tags("FLAGS"))
    if "TEXTREL" in flags:
        yield "%s is linked with TEXTREL" % binary.name
    tls = binary.segment("TLS")
    if "STATIC_TLS" in flags and tls and tls[0] > STATIC_TLS_LIMIT:
        yield "%s has %d bytes of static thread-local storage, more than %d" % (
            binary.name,
            tls[0],
            STATIC_TLS_LIMIT,
        )
    if binary.segment("GNU_RELRO") is None or "NOW" not in flags + " ".join(binary.tags("FLAGS_1")):
        yield "%s can be written to after relocation (-z relro -z now)" % binary.name
    stack = binary.segment("GNU_STACK")
    if stack is None or stack[1] != "RW":
        yield "%s asks for a stack that can be executed" % binary.name

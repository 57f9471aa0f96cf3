"""How every shared object of Coffer is linked: libcoffer, plugins and bindings."""

_CLANG = str(Label("//capi:clang"))

# A unique symbol would pin a .so in the process and merge its globals with those of another.
# Clang emits none and does not know the flag.
SHARED_COPTS = select({
    _CLANG: [],
    "//conditions:default": ["-fno-gnu-unique"],
})

def shared_linkopts(exports):
    """Linker flags of a shared object that exports what the version script says and no more.

    Args:
      exports: label of the version script; it belongs in additional_linker_inputs as well.
    Returns:
      a value for linkopts
    """

    # No --exclude-libs: the script hides what static libraries bring already, and a toolchain that hands
    # our own objects to the linker as an archive would hide the exports too.
    return [
        "-Wl,--version-script=$(location %s)" % exports,
        "-Wl,-Bsymbolic",  # its own functions first, whatever the host process exports
        "-Wl,--as-needed",
    ] + select({
        # Clang's sanitizers leave their symbols undefined in shared objects.
        _CLANG: [],
        # A symbol that nobody defines is an error of the link, not of the day the .so is loaded.
        "//conditions:default": ["-Wl,-z,defs"],
    })

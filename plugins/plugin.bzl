"""How a plugin is built, ours and those of other workspaces alike."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library")
load("//capi:shared.bzl", "SHARED_COPTS", "shared_linkopts")

_HEADERS = str(Label("//:plugin_headers"))
_EXPORTS = str(Label("//plugins:plugin.lds"))

_C_COPTS = ["-std=c11", "-fvisibility=hidden"]
_CXX_COPTS = ["-std=c++20", "-fvisibility=hidden", "-fvisibility-inlines-hidden"]

_HEADER_SUFFIXES = (".h", ".hh", ".hpp", ".inc")

_FUNCTIONS = [
    "coffer_plugin_info_v1",
    "coffer_plugin_create_v1",
]

def _library(name, srcs, copts, deps, visibility, **kwargs):
    """Compiles C and C++ sources with the flags of their language."""
    headers = [s for s in srcs if s.endswith(_HEADER_SUFFIXES)]
    c_srcs = [s for s in srcs if s.endswith(".c")]
    cxx_srcs = [s for s in srcs if s not in headers and s not in c_srcs]
    common = dict(kwargs, alwayslink = True, linkstatic = True)
    if c_srcs and cxx_srcs:
        cc_library(
            name = name + "_c",
            srcs = c_srcs + headers,
            copts = _C_COPTS + copts,
            deps = deps,
            visibility = ["//visibility:private"],
            **common
        )
        deps = deps + [":%s_c" % name]
    cc_library(
        name = name,
        srcs = (cxx_srcs or c_srcs) + headers,
        copts = (_CXX_COPTS + SHARED_COPTS if cxx_srcs else _C_COPTS) + copts,
        deps = deps,
        visibility = visibility,
        **common
    )

def coffer_plugin(
        name,
        srcs,
        deps = [],
        copts = [],
        linkopts = [],
        local_defines = [],
        visibility = None,
        **kwargs):
    """A plugin from C (C11) or C++ (C++20) sources.

    Targets:
      <name>: the shared object libcoffer_<name>.so, for `data` of whoever loads it.
      <name>_static: the sources as a cc_library for programs that link their plugins in; the
        names of the two functions end in _<name> there, because COFFER_PLUGIN_STATIC says so.

    Every source is compiled once, for both: the linker gives the shared object the names without
    the ending.

    Args:
      name: the name of the plugin, as in a cache URL; a C identifier.
      srcs: sources and private headers.
      deps: libraries; the plugin headers need no mention.
      copts: more flags for the compiler.
      linkopts: more flags for the linker.
      local_defines: preprocessor definitions.
      visibility: who may use the targets.
      **kwargs: testonly, tags and the like, for all targets.
    """
    if not name.replace("_", "a").isalnum():
        fail("coffer_plugin: the name '%s' becomes part of C names: letters, digits and _" % name)
    _library(
        name = name + "_static",
        srcs = srcs,
        copts = copts,
        deps = deps + [_HEADERS],
        linkopts = linkopts,
        local_defines = local_defines + ["COFFER_PLUGIN_STATIC=" + name],
        visibility = visibility,
        **kwargs
    )
    names = ["-Wl,--defsym=%s=%s_%s" % (function, function, name) for function in _FUNCTIONS]
    cc_binary(
        name = "libcoffer_%s.so" % name,
        linkopts = shared_linkopts(_EXPORTS) + names,
        linkshared = True,
        additional_linker_inputs = [_EXPORTS],
        deps = [":%s_static" % name],
        visibility = visibility,
        **kwargs
    )
    native.alias(
        name = name,
        actual = ":libcoffer_%s.so" % name,
        visibility = visibility,
        **kwargs
    )

def _plugin_folder_impl(ctx):
    folder = ctx.actions.declare_directory(ctx.label.name)
    ctx.actions.run_shell(
        inputs = ctx.files.plugins,
        outputs = [folder],
        command = 'out="$1"; shift; mkdir -p "$out"; [ $# -eq 0 ] || cp -L "$@" "$out"/',
        arguments = [folder.path] + [f.path for f in ctx.files.plugins],
        mnemonic = "PluginFolder",
    )
    files = depset([folder])
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

coffer_plugin_folder = rule(
    doc = """One folder with all these plugins in it, for COFFER_PLUGIN_PATH:
        data = ["@coffer//plugins:bundled"],
        env = {"COFFER_PLUGIN_PATH": "$(rootpath @coffer//plugins:bundled)"},
    """,
    implementation = _plugin_folder_impl,
    attrs = {"plugins": attr.label_list(allow_files = [".so"])},
)

"""How a plugin is built, ours and those of other workspaces alike."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library")
load("//capi:shared.bzl", "SHARED_COPTS", "shared_linkopts")

_HEADERS = str(Label("//:plugin_headers"))
_EXPORTS = str(Label("//plugins:plugin.lds"))

_C_COPTS = ["-std=c11", "-fvisibility=hidden"]
_CXX_COPTS = ["-std=c++20", "-fvisibility=hidden", "-fvisibility-inlines-hidden"]

_HEADER_SUFFIXES = (".h", ".hh", ".hpp", ".inc")

def _library(name, suffix, srcs, deps, copts, local_defines, **kwargs):
    """Compiles C and C++ sources with the flags of their language; returns the label."""
    headers = [s for s in srcs if s.endswith(_HEADER_SUFFIXES)]
    c_srcs = [s for s in srcs if s.endswith(".c")]
    cxx_srcs = [s for s in srcs if s not in headers and s not in c_srcs]
    common = dict(kwargs, alwayslink = True, linkstatic = True, local_defines = local_defines)
    if c_srcs and cxx_srcs:
        c_name = name + suffix + "_c"
        cc_library(
            name = c_name,
            srcs = c_srcs + headers,
            copts = _C_COPTS + copts,
            deps = deps,
            **dict(common, visibility = ["//visibility:private"])
        )
        deps = deps + [":" + c_name]
    cc_library(
        name = name + suffix,
        srcs = (cxx_srcs or c_srcs) + headers,
        copts = (_CXX_COPTS + SHARED_COPTS if cxx_srcs else _C_COPTS) + copts,
        deps = deps,
        **common
    )
    return ":" + name + suffix

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
      <name>_static: the same sources as a cc_library for programs that link their plugins in; the
        names of the two functions end in _<name> then, because COFFER_PLUGIN_STATIC says so.

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
    deps = deps + [_HEADERS]
    objects = _library(
        name,
        "_objects",
        srcs,
        deps,
        copts,
        local_defines,
        visibility = ["//visibility:private"],
        **kwargs
    )
    cc_binary(
        name = "libcoffer_%s.so" % name,
        linkopts = shared_linkopts(_EXPORTS) + linkopts,
        linkshared = True,
        additional_linker_inputs = [_EXPORTS],
        deps = [objects],
        visibility = visibility,
        **kwargs
    )
    native.alias(
        name = name,
        actual = ":libcoffer_%s.so" % name,
        visibility = visibility,
        **kwargs
    )
    _library(
        name,
        "_static",
        srcs,
        deps,
        copts,
        local_defines + ["COFFER_PLUGIN_STATIC=" + name],
        visibility = visibility,
        linkopts = linkopts,
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

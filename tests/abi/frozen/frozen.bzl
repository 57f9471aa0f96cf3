"""The targets of one frozen ABI: sources of plugins and of a program, built with their own old headers."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load("//capi:shared.bzl", "SHARED_COPTS", "shared_linkopts")
load("//plugins:plugin.bzl", "coffer_plugin_folder")

_C = ["-std=c11", "-fvisibility=hidden"]
_CXX = ["-std=c++20", "-fvisibility=hidden", "-fvisibility-inlines-hidden"]

def _plugin(name, srcs, copts):
    # Not coffer_plugin: that would add the headers of today.
    cc_library(
        name = name + "_objects",
        srcs = srcs,
        copts = copts,
        linkstatic = True,
        alwayslink = True,
        deps = [":headers"],
    )
    cc_binary(
        name = "libcoffer_%s.so" % name,
        additional_linker_inputs = ["//plugins:plugin.lds"],
        linkopts = shared_linkopts("//plugins:plugin.lds"),
        linkshared = True,
        visibility = ["//visibility:public"],
        deps = [name + "_objects"],
    )

def frozen_abi():
    cc_library(
        name = "headers",
        hdrs = native.glob(["include/coffer/**"]),
        includes = [
            ".",
            "include",
        ],
    )
    _plugin("toystore", native.glob(["toystore/*"]), _C)
    _plugin("toylru", native.glob(["toylru/*"]), _C)
    _plugin("plain", native.glob(["plain/*"]), _CXX + SHARED_COPTS)
    coffer_plugin_folder(
        name = "plugins",
        plugins = [
            ":libcoffer_plain.so",
            ":libcoffer_toylru.so",
            ":libcoffer_toystore.so",
        ],
    )

    # The library without its headers.
    cc_library(
        name = "library",
        srcs = ["//capi:libcoffer.so.1"],
    )

    # Old program and old plugins with the library and the store of today.
    cc_test(
        name = "use_test",
        size = "small",
        srcs = ["use.c"],
        copts = ["-std=c11"],
        data = [
            ":plugins",
            "//plugins:bundled",
        ],
        env = {"COFFER_PLUGIN_PATH": "$(rootpath :plugins):$(rootpath //plugins:bundled)"},
        deps = [
            ":headers",
            ":library",
        ],
    )

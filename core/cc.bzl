"""cc_library, cc_binary and cc_test with what our sources need, in whichever workspace they build.

Flags that are only strictness (warnings) stand in .bazelrc.
"""

load("@rules_cc//cc:defs.bzl", _cc_binary = "cc_binary", _cc_library = "cc_library", _cc_test = "cc_test")

COFFER_COPTS = ["-std=c++20", "-fvisibility=hidden", "-fvisibility-inlines-hidden"]

def cc_library(name, copts = [], **kwargs):
    # Never one .so for each library: their symbols are hidden.
    _cc_library(name = name, copts = COFFER_COPTS + copts, linkstatic = True, **kwargs)

def cc_binary(name, copts = [], **kwargs):
    _cc_binary(name = name, copts = COFFER_COPTS + copts, **kwargs)

def cc_test(name, copts = [], deps = [], **kwargs):
    """A GoogleTest: its main function comes along."""
    _cc_test(
        name = name,
        copts = COFFER_COPTS + copts,
        linkstatic = True,
        deps = deps + ["@com_google_googletest//:gtest_main"],
        **kwargs
    )

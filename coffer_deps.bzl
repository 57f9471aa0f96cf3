"""The repositories Coffer needs, taken from the packages of the system.

A workspace that uses Coffer writes:

    local_repository(name = "coffer", path = "…")
    load("@coffer//:coffer_deps.bzl", "coffer_deps")
    coffer_deps()

and a target of its own `deps = ["@coffer//:coffer"]`. A repository that the workspace declared
before the call is kept, so each of these can be replaced by another version.
The names are those of MODULE.bazel, which does the same for Bazel 7 and newer.
"""

def _system_repository_impl(ctx):
    for link, target in ctx.attr.links.items():
        if not ctx.path(target).exists:
            fail("@%s needs %s: install the package %s (./bazelw installs all of them)." %
                 (ctx.name, target, ctx.attr.package))
        ctx.symlink(target, link)
    for path, content in ctx.attr.files.items():
        ctx.file(path, content, executable = False)

# A repository of files that a system package has installed.
_system_repository = repository_rule(
    implementation = _system_repository_impl,
    attrs = {
        "package": attr.string(mandatory = True, doc = "what to install when a file is missing"),
        "links": attr.string_dict(doc = "path in the repository -> file or folder of the system"),
        "files": attr.string_dict(mandatory = True, doc = "path in the repository -> content"),
    },
    local = True,
)

def _system_rules_cc_impl(ctx):
    root = "/usr/share/bazel/rules/cc"
    if not ctx.path(root + "/cc/defs.bzl").exists:
        fail("@%s needs %s: install the package bazel-rules-cc (./bazelw does)." % (ctx.name, root))

    # The packaged rules_cc is newer than the packaged Bazel: it loads a helper that this Bazel does
    # not have yet. The helper stands for one constant, which is written in its place.
    script = """set -eu
cp -R "$0/." .
for f in $(grep -rl use_cpp_toolchain --include='*.bzl' .); do
  sed -i -e 's/, "use_cpp_toolchain"//' \
      -e 's|use_cpp_toolchain()|["@bazel_tools//tools/cpp:toolchain_type"]|' "$f"
done
"""
    result = ctx.execute(["sh", "-c", script, root])
    if result.return_code != 0:
        fail("@%s: copying %s failed: %s" % (ctx.name, root, result.stderr))

_system_rules_cc = repository_rule(implementation = _system_rules_cc_impl, local = True)

def _maybe(rule, name, **kwargs):
    if not native.existing_rule(name):
        rule(name = name, **kwargs)

_CC = 'load("@rules_cc//cc:defs.bzl", "cc_library")\n\n' + \
      'package(default_visibility = ["//visibility:public"])\n\n'

def _library(name, headers, linkopts = [], deps = []):
    """Text of a cc_library over the headers below include/."""
    return """cc_library(
    name = "%s",
    hdrs = glob(%s),
    includes = ["include"],
    linkopts = %s,
    deps = %s,
)

""" % (name, [h if "." in h else "include/" + h + "/**" for h in headers], linkopts, deps)

def _include(*names):
    return {"include/" + name: "/usr/include/" + name for name in names}

def _python_headers_impl(ctx):
    asked = ctx.execute([ctx.attr.python, "-c", "import sysconfig; print(sysconfig.get_path('include'))"])
    folder = asked.stdout.strip()
    if asked.return_code != 0 or not ctx.path(folder + "/Python.h").exists:
        fail("@%s needs Python.h of %s: install the package python3-dev (./bazelw installs it)." %
             (ctx.name, ctx.attr.python))
    ctx.symlink(folder, "include/python")
    ctx.file("WORKSPACE", "")
    ctx.file("BUILD", _CC + """cc_library(
    name = "headers",
    hdrs = glob(["include/python/**/*.h"]),
    includes = ["include/python"],
)
""")

# The headers of CPython; an extension module links nothing.
python_headers = repository_rule(
    implementation = _python_headers_impl,
    attrs = {"python": attr.string(default = "/usr/bin/python3", doc = "whose headers")},
    local = True,
)

_PROTOBUF = _CC + _library("protobuf", ["google/protobuf"], ["-lprotobuf", "-lpthread"]) + """
filegroup(
    name = "protoc",
    srcs = ["bin/protoc"],
)

proto_lang_toolchain(
    name = "cc_toolchain",
    command_line = "--cpp_out=$(OUT)",
    runtime = ":protobuf",
)
"""

def _rule_repositories():
    """What Bazel's own rules ask for; every one would be downloaded otherwise."""
    _maybe(_system_rules_cc, "rules_cc")
    for name, path in {
        "rules_java": "rules/java",
        "rules_proto": "rules/proto",
        "platforms": "tools/platforms",
        "bazel_skylib": "tools/skylib",
    }.items():
        _maybe(native.local_repository, name, path = "/usr/share/bazel/" + path)

    # Bazel asks for it on every test run, and uses it only with --combined_report.
    _maybe(
        _system_repository,
        "remote_coverage_tools",
        package = "bazel-bootstrap",
        files = {
            "WORKSPACE": "",
            "BUILD": """filegroup(
    name = "coverage_report_generator",
    visibility = ["//visibility:public"],
)
""",
        },
    )

def _library_repositories():
    _maybe(
        _system_repository,
        "com_google_googletest",
        package = "libgtest-dev and libgmock-dev",
        links = _include("gtest", "gmock"),
        files = {
            "WORKSPACE": "",
            "BUILD": _CC + _library(
                "gtest",
                ["gtest", "gmock"],
                ["-lgmock", "-lgtest", "-lpthread"],
            ) + _library("gtest_main", [], ["-lgmock_main"], [":gtest"]),
        },
    )
    _maybe(
        _system_repository,
        "com_github_google_benchmark",
        package = "libbenchmark-dev",
        links = _include("benchmark"),
        files = {
            "WORKSPACE": "",
            "BUILD": _CC + _library("benchmark", ["benchmark"], ["-lbenchmark", "-lpthread"]) +
                     _library("benchmark_main", [], ["-lbenchmark_main"], [":benchmark"]),
        },
    )
    _maybe(
        _system_repository,
        "rapidjson",
        package = "rapidjson-dev",
        links = _include("rapidjson"),
        files = {
            "WORKSPACE": "",
            "BUILD": _CC + _library("rapidjson", ["rapidjson"]),
        },
    )
    _maybe(
        _system_repository,
        "xxhash",
        package = "libxxhash-dev",
        links = _include("xxhash.h", "xxh3.h"),
        files = {
            "WORKSPACE": "",
            # The header alone: who includes it defines XXH_INLINE_ALL.
            "BUILD": _CC + _library("xxhash", ["include/xxhash.h", "include/xxh3.h"]),
        },
    )
    _maybe(
        _system_repository,
        "msgpack",
        package = "libmsgpack-cxx-dev",
        links = _include("msgpack.hpp", "msgpack"),
        files = {
            "WORKSPACE": "",
            # For benchmarks. Who includes it defines MSGPACK_NO_BOOST.
            "BUILD": _CC + _library("msgpack", ["include/msgpack.hpp", "msgpack"]),
        },
    )
    _maybe(
        _system_repository,
        "hiredis",
        package = "libhiredis-dev",
        links = _include("hiredis"),
        files = {
            "WORKSPACE": "",
            # Static, so that a plugin made with it is one file that loads on every machine.
            "BUILD": _CC + _library("hiredis", ["hiredis"], ["-l:libhiredis.a"]),
        },
    )

    # What codecs are made of. Static, as hiredis is.
    for name, package, target, headers in [
        ("lz4", "liblz4-dev", "lz4", ["lz4.h", "lz4hc.h"]),
        ("openssl", "libssl-dev", "crypto", ["openssl"]),
        ("zstd", "libzstd-dev", "zstd", ["zstd.h", "zstd_errors.h"]),
    ]:
        _maybe(
            _system_repository,
            name,
            package = package,
            links = _include(*headers),
            files = {
                "WORKSPACE": "",
                "BUILD": _CC + _library(
                    target,
                    ["include/" + h if "." in h else h for h in headers],
                    ["-l:lib%s.a" % target],
                ),
            },
        )
    _maybe(
        _system_repository,
        "libyaml",
        package = "libyaml-dev",
        links = _include("yaml.h"),
        files = {
            "WORKSPACE": "",
            # Static, and position-independent in Debian, as hiredis.
            "BUILD": _CC + _library("libyaml", ["include/yaml.h"], ["-l:libyaml.a"]),
        },
    )
    _maybe(python_headers, "python3")
    _maybe(
        _system_repository,
        "zlib",
        package = "zlib1g-dev",
        links = _include("zlib.h", "zconf.h"),
        files = {
            "WORKSPACE": "",
            "BUILD": _CC + _library("zlib", ["include/zlib.h", "include/zconf.h"], ["-l:libz.a"]),
        },
    )
    _maybe(
        _system_repository,
        "com_google_protobuf",
        package = "libprotobuf-dev and protobuf-compiler",
        links = dict(_include("google/protobuf"), **{"bin/protoc": "/usr/bin/protoc"}),
        files = {
            "WORKSPACE": "",
            "BUILD": _PROTOBUF,
            # Where the protobuf module of Bazel 7 and newer keeps its rules.
            "bazel/BUILD": "",
            "bazel/cc_proto_library.bzl": "cc_proto_library = native.cc_proto_library\n",
            "bazel/proto_library.bzl": "proto_library = native.proto_library\n",
        },
    )

def coffer_deps():
    """Declares every repository that Coffer needs and the workspace has not declared itself."""
    _rule_repositories()
    _library_repositories()

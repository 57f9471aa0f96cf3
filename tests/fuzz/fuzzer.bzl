"""Programs of Clang's libFuzzer, each source compiled once by an action of its own.

They are built by Clang as it is, whatever compiler and flags the rest is built with: its sanitizers
and its coverage belong together. A missing compiler is an error.
"""

_SANITIZE = ["-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"]
_FLAGS = ["-std=c++20", "-O1", "-g", "-fno-omit-frame-pointer", "-I.", "-Icapi"] + _SANITIZE

_ObjectsInfo = provider(fields = {"objects": "depset of object files"})

def _clang(ctx, inputs, output, arguments, message):
    ctx.actions.run(
        executable = "clang++-14",
        arguments = arguments + ["-o", output.path],
        inputs = inputs,
        outputs = [output],
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin"},
        mnemonic = "Fuzzer",
        progress_message = "%s with Clang" % message,
    )

def _objects_impl(ctx):
    files = ctx.files.srcs + ctx.files.hdrs
    objects = []
    for source in [f for f in ctx.files.srcs if f.extension == "cc"]:
        name = "_fuzz/%s/%s.o" % (ctx.label.name, source.short_path)
        output = ctx.actions.declare_file(name)
        arguments = _FLAGS + ctx.attr.copts + ["-c", source.path]
        _clang(ctx, files, output, arguments, "Compiling " + source.short_path)
        objects.append(output)
    return [_ObjectsInfo(objects = depset(objects))]

fuzz_objects = rule(
    doc = "Objects of the sources among srcs, for fuzzers.",
    implementation = _objects_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = [".cc", ".h", ".hpp"]),
        "hdrs": attr.label_list(allow_files = True, doc = "other headers; sources are not compiled"),
        "copts": attr.string_list(),
    },
)

def _fuzzer_impl(ctx):
    objects = depset(transitive = [d[_ObjectsInfo].objects for d in ctx.attr.deps]).to_list()
    program = ctx.actions.declare_file(ctx.label.name)
    arguments = _SANITIZE + [f.path for f in objects] + ctx.attr.linkopts
    _clang(ctx, objects, program, arguments, "Linking " + ctx.label.name)
    return [DefaultInfo(
        executable = program,
        files = depset([program]),
        runfiles = ctx.runfiles([program]),
    )]

fuzzer = rule(
    doc = "A program of libFuzzer.",
    implementation = _fuzzer_impl,
    executable = True,
    attrs = {
        "deps": attr.label_list(providers = [_ObjectsInfo]),
        "linkopts": attr.string_list(),
    },
)

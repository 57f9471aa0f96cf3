"""Files built as a release is built, whatever the mode of the build that asks for them."""

def _opt_impl(_settings, _attr):
    return {"//command_line_option:compilation_mode": "opt"}

_opt = transition(
    implementation = _opt_impl,
    inputs = [],
    outputs = ["//command_line_option:compilation_mode"],
)

def _optimized_impl(ctx):
    runfiles = ctx.runfiles(files = ctx.files.srcs)
    for src in ctx.attr.srcs:
        runfiles = runfiles.merge(src[DefaultInfo].default_runfiles)
    return [DefaultInfo(files = depset(ctx.files.srcs), runfiles = runfiles)]

optimized = rule(
    doc = "`srcs` and their runfiles, for the `data` of a test that counts instructions.",
    implementation = _optimized_impl,
    attrs = {
        "srcs": attr.label_list(cfg = _opt, mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)

"""Files as they are built with --config=opt, whatever the mode of the build at hand."""

def _optimized_impl(settings, attr):
    return {"//command_line_option:compilation_mode": "opt"}

_optimized_transition = transition(
    implementation = _optimized_impl,
    inputs = [],
    outputs = ["//command_line_option:compilation_mode"],
)

def _optimized_files_impl(ctx):
    files = depset(transitive = [src[DefaultInfo].files for src in ctx.attr.srcs])
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

optimized_files = rule(
    doc = "What ships is optimized, so what is packed, and what the gates look at, is too.",
    implementation = _optimized_files_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = True, cfg = _optimized_transition),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)

"""The rule that packs an installation."""

def _distribution_impl(ctx):
    # A folder, because the name of the file in it has the version, which is known only when it is made.
    out = ctx.actions.declare_directory(ctx.label.name)
    lines = []
    inputs = []
    for target, place in ctx.attr.files.items():
        for file in target[DefaultInfo].files.to_list():
            lines.append("%s\t%s\t%s" % (place, file.short_path, file.path))
            inputs.append(file)
    manifest = ctx.actions.declare_file(ctx.label.name + ".manifest")
    ctx.actions.write(manifest, "\n".join(lines) + "\n")
    ctx.actions.run(
        executable = "/usr/bin/python3",
        arguments = [ctx.file._pack.path, manifest.path, ctx.file.version.path, out.path],
        inputs = inputs + [manifest, ctx.file._pack, ctx.file.version],
        outputs = [out],
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin"},
        mnemonic = "Distribution",
        progress_message = "Packing %s" % ctx.label,
    )
    files = depset([out])
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

distribution = rule(
    doc = "A folder with coffer-<version>.tar.gz in it.",
    implementation = _distribution_impl,
    attrs = {
        "files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = """file -> where it goes:
                "lib/"          into this folder
                "bin/tool"      under this name
                "include/ capi" into this folder, with its path below capi""",
        ),
        "version": attr.label(
            allow_single_file = True,
            mandatory = True,
            doc = "the header with the version",
        ),
        "_pack": attr.label(default = "//tests/dist:pack.py", allow_single_file = True),
    },
)

"""The rule that packs a wheel."""

def _wheel_impl(ctx):
    # A folder, because the name of the file in it has the version, which is known only when it is made.
    out = ctx.actions.declare_directory(ctx.label.name)
    lines = []
    inputs = []
    for target, place in ctx.attr.files.items():
        for file in target[DefaultInfo].files.to_list():
            where = place + file.basename if place.endswith("/") and not file.is_directory else place.rstrip("/")
            lines.append("%s\t%s" % (where, file.path))
            inputs.append(file)
    package = ctx.label.package + "/"
    for file in ctx.files.package:
        lines.append("%s\t%s" % (file.short_path[len(package):], file.path))
        inputs.append(file)
    manifest = ctx.actions.declare_file(ctx.label.name + ".manifest")
    ctx.actions.write(manifest, "\n".join(lines) + "\n")
    ctx.actions.run(
        executable = "/usr/bin/python3",
        arguments = [ctx.file._pack.path, manifest.path, ctx.file.version.path, out.path],
        inputs = inputs + [manifest, ctx.file._pack, ctx.file.version],
        outputs = [out],
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin"},
        mnemonic = "Wheel",
        progress_message = "Packing %s" % ctx.label,
    )
    files = depset([out])
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

wheel = rule(
    doc = "A folder with coffer-<version>-<tag>.whl in it.",
    implementation = _wheel_impl,
    attrs = {
        "package": attr.label_list(allow_files = True, doc = "files that keep their paths below this folder"),
        "files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "file -> its folder (\"coffer/lib/\") or name in the wheel; a name with @ is a text for METADATA",
        ),
        "version": attr.label(allow_single_file = True, mandatory = True),
        "_pack": attr.label(default = "//bindings/python/wheel:pack.py", allow_single_file = True),
    },
)

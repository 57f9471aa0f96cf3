"""buildifier, which Debian does not have: built by Debian's Go from the module of Bazel's own tools."""

# A version that Go 1.19 compiles, as do all later ones.
_MODULE = "github.com/bazelbuild/buildtools/buildifier@v0.0.0-20230510134650-37bd1811516d"

def _buildifier_impl(ctx):
    go = ctx.which("go")
    if go == None:
        fail("@%s needs Go: install the package golang-go (./bazelw does)." % ctx.name)
    root = str(ctx.path("."))
    built = ctx.execute(
        [go, "install", ctx.attr.module],
        environment = {
            "GOBIN": root,
            "GOCACHE": root + "/cache",
            "GOFLAGS": "-modcacherw",
            "GOPATH": root + "/go",
        },
        timeout = 900,
    )
    if built.return_code != 0:
        fail("@%s: go cannot install %s: %s" % (ctx.name, ctx.attr.module, built.stderr))
    ctx.delete("cache")
    ctx.delete("go")
    ctx.file("WORKSPACE", "")
    ctx.file("BUILD", 'exports_files(["buildifier"])\n')

buildifier_repository = repository_rule(
    doc = "A repository with the program `buildifier`.",
    implementation = _buildifier_impl,
    attrs = {"module": attr.string(default = _MODULE, doc = "package@version for `go install`")},
)

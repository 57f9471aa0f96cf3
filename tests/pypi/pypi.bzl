"""Packages of PyPI that tests import, each set in a repository of its own.

Debian's packages serve all other tests; these are what Debian does not have, or only in a version
that is too old. They are fetched by pip when a test first asks for them.
"""

def _pypi_packages_impl(ctx):
    installed = ctx.execute([
        ctx.attr.python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
        "--no-deps",
        "--target",
        "packages",
    ] + ctx.attr.packages, timeout = 600)
    if installed.return_code != 0:
        fail("@%s: pip cannot install %s: %s" %
             (ctx.name, " ".join(ctx.attr.packages), installed.stderr))
    ctx.file("WORKSPACE", "")
    ctx.file("BUILD", """package(default_visibility = ["//visibility:public"])

py_library(
    name = "%s",
    srcs = glob(["packages/**/*.py"]),
    data = glob(["packages/**"], exclude = ["packages/**/*.py", "packages/**/* *"]),
    imports = ["packages"],
)
""" % ctx.attr.library)

# A py_library of exactly these packages and versions: what they depend on is named, too, or comes
# from the system.
pypi_packages = repository_rule(
    implementation = _pypi_packages_impl,
    attrs = {
        "library": attr.string(default = "packages", doc = "name of the py_library"),
        "packages": attr.string_list(mandatory = True, doc = "each `name==version`"),
        "python": attr.string(default = "/usr/bin/python3", doc = "whose packages"),
    },
)

# Repository -> packages. A test names `@<repository>//:packages` in its deps.
PYPI = {
    "pypi_auditwheel": ["auditwheel==6.8.2", "packaging==25.0", "pyelftools==0.33"],
    "pypi_django_4_2": ["asgiref==3.8.1", "Django==4.2.30", "sqlparse==0.5.3"],
    "pypi_django_5_2": ["asgiref==3.8.1", "Django==5.2.19", "sqlparse==0.5.3"],
    "pypi_hishel": [
        "certifi==2025.10.5",
        "charset-normalizer==3.4.4",
        "hishel==2.0.0",
        "idna==3.11",
        "msgpack==1.2.2",
        "requests==2.34.2",
        "typing-extensions==4.16.0",
        "urllib3==2.5.0",
    ],
}

def pypi_deps():
    for name, packages in PYPI.items():
        pypi_packages(name = name, packages = packages)

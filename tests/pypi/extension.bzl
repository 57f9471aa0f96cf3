"""The same packages for Bazel 7 and newer (MODULE.bazel)."""

load(":pypi.bzl", "pypi_deps")

pypi = module_extension(implementation = lambda _: pypi_deps())

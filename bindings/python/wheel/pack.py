"""pack.py MANIFEST VERSION_HEADER OUT_FOLDER: writes OUT_FOLDER/coffer-<version>-cp39-abi3-<platform>.whl.

The same input gives the same bytes: sorted names, no times, fixed modes. Shared objects lose their debug information
and find libcoffer beside themselves. The platform is the oldest manylinux (PEP 600) that has what they need.
"""

import base64
import csv
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

METADATA = """\
Metadata-Version: 2.1
Name: coffer
Version: {version}
Summary: One cache engine that every language can use: the Python binding
License: Apache-2.0
Requires-Python: >=3.9
Classifier: Programming Language :: Python :: 3
Classifier: Programming Language :: Python :: Implementation :: CPython
Classifier: Operating System :: POSIX :: Linux
Classifier: Typing :: Typed
Provides-Extra: django
Requires-Dist: django>=3.2; extra == "django"
Provides-Extra: dogpile
Requires-Dist: dogpile.cache>=1.1; extra == "dogpile"
Provides-Extra: flask
Requires-Dist: cachelib>=0.9; extra == "flask"
Requires-Dist: Flask-Caching>=2.0; extra == "flask"
Provides-Extra: http
Requires-Dist: hishel>=2,<3; python_version >= "3.10" and extra == "http"
Provides-Extra: prometheus
Requires-Dist: prometheus-client>=0.12; extra == "prometheus"
Provides-Extra: opentelemetry
Requires-Dist: opentelemetry-api>=1.20; extra == "opentelemetry"
Description-Content-Type: text/markdown

{readme}"""

WHEEL = """\
Wheel-Version: 1.0
Generator: coffer
Root-Is-Purelib: false
Tag: {tag}
"""

ENTRY_POINTS = """\
[console_scripts]
coffer = coffer.__main__:main

[pytest11]
coffer = coffer.pytest_plugin
"""

# The first manylinux_2_X whose libstdc++ has these versions of symbols, as in the policies of auditwheel.
LIBSTDCXX = [
    ("GLIBCXX_3.4.19", 17),
    ("GLIBCXX_3.4.22", 24),
    ("GLIBCXX_3.4.24", 27),
    ("GLIBCXX_3.4.28", 31),
    ("GLIBCXX_3.4.29", 34),
    ("GLIBCXX_3.4.30", 35),
    ("GLIBCXX_3.4.33", 39),
]


def main():
    manifest, version_header, out = sys.argv[1:]
    version = re.search(r'kVersion\[\] = "([^"]+)"', read(version_header)).group(1)
    info = f"coffer-{version}.dist-info"
    with tempfile.TemporaryDirectory() as root:
        texts = {}
        for line in read(manifest).splitlines():
            where, path = line.split("\t")
            if where.startswith("@"):
                texts[where] = read(path)
            else:
                place(os.path.join(root, where), path)
        for path in walk(root):
            finish(root, path)
        tag = "cp39-abi3-" + platform(root)
        write(root, f"{info}/METADATA", METADATA.format(version=version, readme=texts["@readme"]))
        write(root, f"{info}/LICENSE", texts["@license"])
        write(root, f"{info}/WHEEL", WHEEL.format(tag=tag))
        write(root, f"{info}/entry_points.txt", ENTRY_POINTS)
        write(root, f"{info}/top_level.txt", "coffer\n")
        write(root, f"{info}/RECORD", record(root, f"{info}/RECORD"))
        pack(root, os.path.join(out, f"coffer-{version}-{tag}.whl"))


def place(target, path):
    if os.path.isdir(path):
        shutil.copytree(path, target, symlinks=False)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(path, target)


def finish(root, path):
    """Makes a file as built into a file as shipped."""
    os.chmod(path, 0o644)
    with open(path, "rb") as file:
        if file.read(4) != b"\x7fELF":
            return
    run("strip", "--strip-debug", path)
    name = os.path.relpath(path, root)
    if name == "coffer/bin/coffer":
        os.chmod(path, 0o755)
        run("patchelf", "--set-rpath", "$ORIGIN/../lib", path)
    elif name.startswith("coffer/_coffer."):
        run("patchelf", "--set-rpath", "$ORIGIN/lib", path)


def platform(root):
    """manylinux_2_X_MACHINE for the lowest X that has every versioned symbol the files need."""
    machine = sysconfig.get_platform().partition("-")[2].replace("-", "_")
    least = 17
    for path in walk(root):
        with open(path, "rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
        for name in set(re.findall(r"Name: (GLIBC(?:XX)?_[0-9.]+)", run("readelf", "-VW", path))):
            least = max(least, libc_of(name))
    return f"manylinux_2_{least}_{machine}"


def libc_of(symbol_version):
    """The X of the first manylinux_2_X with this version of symbols of libc or libstdc++."""
    library, number = symbol_version.split("_")
    parts = tuple(map(int, number.split(".")))
    if library == "GLIBC":
        return parts[1]
    for last, libc in LIBSTDCXX:
        if parts <= tuple(map(int, last.split("_")[1].split("."))):
            return libc
    sys.exit(f"pack.py: no manylinux is known to have {symbol_version}; add it to LIBSTDCXX")


def record(root, own):
    """Every file with its digest and size, as pip checks them."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for path in walk(root):
        with open(path, "rb") as file:
            data = file.read()
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow([os.path.relpath(path, root), "sha256=" + digest, len(data)])
    rows.writerow([own, "", ""])
    return text.getvalue()


def pack(root, out):
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path in walk(root):
            entry = zipfile.ZipInfo(os.path.relpath(path, root))  # of 1980
            entry.external_attr = (0o100000 | os.stat(path).st_mode & 0o777) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            with open(path, "rb") as file:
                wheel.writestr(entry, file.read())


def walk(root):
    return sorted(
        os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names
    )


def write(root, name, text):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def run(tool, *arguments):
    if shutil.which(tool) is None:
        sys.exit(f"pack.py: {tool} is not installed (./bazelw installs it)")
    return subprocess.run([tool, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


if __name__ == "__main__":
    main()

"""pack.py MANIFEST VERSION_HEADER OUT_FOLDER: writes OUT_FOLDER/coffer-<version>.tar.gz.

The same input gives the same bytes: sorted names, no times, no users, fixed modes. Programs and libraries
lose their debug information, and programs find libcoffer beside themselves instead of where it was built.
"""
import gzip
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

SONAME = "libcoffer.so.1"


def main():
    manifest, version_header, out = sys.argv[1:]
    version = re.search(r'kVersion\[\] = "([^"]+)"', read(version_header)).group(1)
    name = "coffer-" + version
    with tempfile.TemporaryDirectory() as work:
        root = os.path.join(work, name)
        for line in read(manifest).splitlines():
            place(root, *line.split("\t"))
        for path in sorted(walk(root)):
            finish(path, version)
        os.rename(root + "/lib/" + SONAME, root + "/lib/libcoffer.so." + version)
        os.symlink("libcoffer.so." + version, root + "/lib/" + SONAME)
        os.symlink(SONAME, root + "/lib/libcoffer.so")
        pack(work, name, os.path.join(out, name + ".tar.gz"))


def place(root, where, short_path, path):
    folder, _, base = where.partition(" ")
    if base:
        target = os.path.join(folder, os.path.relpath(short_path, base))
    elif folder.endswith("/") and not os.path.isdir(path):
        target = folder + os.path.basename(short_path)
    else:
        target = folder
    target = os.path.join(root, target)
    if os.path.isdir(path):
        shutil.copytree(path, target, symlinks=False)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(path, target)


def finish(path, version):
    """Makes a file as built into a file as shipped."""
    os.chmod(path, 0o644)
    with open(path, "rb") as f:
        is_elf = f.read(4) == b"\x7fELF"
    if is_elf:
        run("strip", "--strip-debug", path)
        if "/bin/" in path:
            run("patchelf", "--set-rpath", "$ORIGIN/../lib", path)
    elif path.endswith((".pc", ".cmake")):
        text = read(path).replace("@VERSION@", version)
        with open(path, "w") as f:
            f.write(text)


def pack(work, name, out):
    def neutral(info):
        info.uid = info.gid = info.mtime = 0
        info.uname = info.gname = "root"
        program = info.isdir() or info.name.startswith(name + "/bin/")
        info.mode = 0o755 if program else 0o777 if info.issym() else 0o644
        return info

    with open(out, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in sorted(walk(os.path.join(work, name), with_folders=True)):
                tar.add(path, os.path.relpath(path, work), recursive=False, filter=neutral)


def walk(root, with_folders=False):
    if with_folders:
        yield root
    for folder, folders, files in os.walk(root):
        for entry in files + (folders if with_folders else []):
            yield os.path.join(folder, entry)


def run(tool, *arguments):
    if shutil.which(tool) is None:
        sys.exit("pack.py: %s is not installed (./bazelw installs it)" % tool)
    subprocess.run([tool, *arguments], check=True)


def read(path):
    with open(path) as f:
        return f.read()


if __name__ == "__main__":
    main()

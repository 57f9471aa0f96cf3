"""What readelf tells of a shared object."""
import os
import re

from tests.abi import tools


class SharedObject:
    def __init__(self, path):
        self.name = os.path.basename(path)
        self._readelf = tools.find("readelf", package="binutils")
        self._path = path
        self._dynamic = self._run("-d")
        self.symbols = [s for s in map(Symbol.parse, self._run("--dyn-syms").splitlines()) if s]

    def _run(self, option):
        return tools.run([self._readelf, "-W", option, self._path])

    def exports(self):
        return [s for s in self.symbols if s.section != "UND" and s.binding != "LOCAL"]

    def imports(self):
        return [s for s in self.symbols if s.section == "UND"]

    def tags(self, tag):
        """Values of a dynamic entry: NEEDED, SONAME, RPATH, FLAGS."""
        found = re.findall(r"\(%s\)\s+(.*)" % tag, self._dynamic)
        return [re.sub(r"^.*\[(.*)\]$", r"\1", value) for value in found]

    def segment(self, kind):
        """Size in memory and flags ("RW") of the program header of this kind, None if there is none."""
        found = re.search(r"^ +%s +(?:0x\w+ +){4}(0x\w+) ([RWE ]{3})" % kind, self._run("-l"), re.M)
        return (int(found.group(1), 16), found.group(2).replace(" ", "")) if found else None

    def newest_versions(self):
        """Newest version asked of each family of a library's symbol versions: {"GLIBC": "2.34"}."""
        newest = {}
        for symbol in self.imports():
            family, _, version = symbol.version.rpartition("_")
            if (
                family
                and version[:1].isdigit()
                and number(version) > number(newest.get(family, "0"))
            ):
                newest[family] = version
        return newest


def number(version):
    """A version in a form that compares."""
    return [int(part) for part in version.split(".")]


class Symbol:
    def __init__(self, kind, binding, section, name, version):
        self.kind = kind  # FUNC, OBJECT, ...
        self.binding = binding  # GLOBAL, WEAK, UNIQUE, LOCAL
        self.section = section  # UND: it is imported
        self.name = name
        self.version = version

    @staticmethod
    def parse(line):
        """One line of `readelf -W --dyn-syms`, None if it is no symbol."""
        words = line.split()
        if len(words) < 8 or not re.match(r"\d+:$", words[0]):
            return None
        name, _, version = words[7].replace("@@", "@").partition("@")
        if words[3] == "SECTION" or words[6] == "ABS":  # the latter are names of versions
            return None
        return Symbol(words[3], words[4], words[6], name, version)

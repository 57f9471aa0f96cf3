"""extract.py README OUT: writes the block of the README that bears the name of OUT's file to OUT."""

import os
import re
import sys

readme, out = sys.argv[1:]
name = os.path.basename(out)
with open(readme) as file:
    found = re.findall(r"^```\w+ %s\n(.*?)^```$" % re.escape(name), file.read(), re.M | re.S)
if len(found) != 1:
    sys.exit("%s has %d blocks named %s" % (readme, len(found), name))
with open(out, "w") as file:
    file.write(found[0])

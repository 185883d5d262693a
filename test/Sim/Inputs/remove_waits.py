"""Takes every wait out of a program's textproto: the schedule removed.

    remove_waits.py PROGRAM.textproto > WITHOUT.textproto
"""

import re
import sys

text = open(sys.argv[1]).read()
removed = 0
while True:
    match = re.search(r"\n *(body|lcu) \{\n *wait \{", text)
    if not match:
        break
    end, depth = match.end(), 2
    while depth:
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
    text = text[: match.start()] + text[end:]
    removed += 1
assert removed, "no waits found"
print(text, end="")

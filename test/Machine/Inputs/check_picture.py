"""check_picture.py FILE NODES LINKS RED: the picture has them, within its frame."""

import sys
import xml.etree.ElementTree as ElementTree

path, nodes, links, red = sys.argv[1], *map(int, sys.argv[2:])
root = ElementTree.parse(path).getroot()
svg = "{http://www.w3.org/2000/svg}"
width, height = float(root.get("width")), float(root.get("height"))
circles = [c for g in root.iter(svg + "g") for c in g.findall(svg + "circle")]
lines = list(root.iter(svg + "line"))
assert len(circles) == nodes, len(circles)
assert len(lines) == links, len(lines)
assert sum(line.get("stroke") == "#c33" for line in lines) == red
places = [(float(c.get("cx")), float(c.get("cy"))) for c in circles]
assert all(0 < x < width and 0 < y < height for x, y in places)
# No node lies on another, and every link begins and ends at a node.
assert all(abs(x - u) + abs(y - v) > 8
           for i, (x, y) in enumerate(places) for u, v in places[:i])
ends = {(float(line.get("x%d" % i)), float(line.get("y%d" % i))) for line in lines for i in (1, 2)}
assert ends <= set(places)

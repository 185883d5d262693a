"""check_picture.py FILE NODES LINKS RED: the picture has them, within its frame."""

import sys
import xml.etree.ElementTree as ElementTree

path, nodes, links, red = sys.argv[1], *map(int, sys.argv[2:])
root = ElementTree.parse(path).getroot()
svg = "{http://www.w3.org/2000/svg}"
width, height = float(root.get("width")), float(root.get("height"))
circles = [c for g in root.iter(svg + "g") for c in g.findall(svg + "circle")]
squares = [s for g in root.iter(svg + "g") if g.get("class") == "node" for s in g.findall(svg + "rect")]
drawn = next(g for g in root.iter(svg + "g") if g.get("class") == "links")
lines = list(drawn.iter(svg + "line"))
bent = [path.get("d").split() for path in drawn.iter(svg + "path")]
assert len(circles) + len(squares) == nodes, (len(circles), len(squares))
assert len(lines) + len(bent) == links, (len(lines), len(bent))
assert sum(link.get("stroke") == "#c33" for link in drawn) == red
places = [(float(c.get("cx")), float(c.get("cy"))) for c in circles]
places += [tuple(round(float(s.get(a)) + float(s.get("width")) / 2, 1) for a in "xy") for s in squares]
assert all(0 < x < width and 0 < y < height for x, y in places)
# No node lies on another, and every link begins and ends at a node.
assert all(abs(x - u) + abs(y - v) > 8
           for i, (x, y) in enumerate(places) for u, v in places[:i])
ends = {(float(line.get("x%d" % i)), float(line.get("y%d" % i))) for line in lines for i in (1, 2)}
ends |= {tuple(map(float, path[i:i + 2])) for path in bent for i in (1, 6)}
assert ends <= set(places)

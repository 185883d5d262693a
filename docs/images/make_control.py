#!/usr/bin/python3
"""Draws the pictures of docs/Control.md: make_control.py, in this folder.

The example: a 3x3 convolution with padding 1 reads an object of 8x8 pixels.
"""

SIZE, CELL = 8, 34
INK, PALE, BLUE, ORANGE, GREEN = "#222", "#888", "#9ecae9", "#f58518", "#b7e0b1"


class Picture:
    def __init__(self, width, height, title):
        self.parts = [
            '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
            'font-family="sans-serif" font-size="13" role="img" aria-label="%s">'
            % (width, height, width, height, title),
            "<title>%s</title>" % title,
            '<rect width="100%" height="100%" fill="white"/>',
        ]

    def box(self, x, y, w, h, fill="none", line=INK, width=1.0, dash=""):
        self.parts.append(
            '<rect x="%g" y="%g" width="%g" height="%g" fill="%s" stroke="%s" stroke-width="%g"%s/>'
            % (x, y, w, h, fill, line, width, ' stroke-dasharray="%s"' % dash if dash else ""))

    def text(self, x, y, text, anchor="middle", size=13, fill=INK, weight="normal"):
        self.parts.append(
            '<text x="%g" y="%g" text-anchor="%s" font-size="%g" fill="%s" font-weight="%s">%s</text>'
            % (x, y, anchor, size, fill, weight, text.replace("&", "&amp;").replace("<", "&lt;")))

    def line(self, points, line=INK, width=1.5, dash="", arrow=False):
        self.parts.append(
            '<polyline points="%s" fill="none" stroke="%s" stroke-width="%g"%s/>'
            % (" ".join("%g,%g" % p for p in points), line, width,
               ' stroke-dasharray="%s"' % dash if dash else ""))
        if arrow:
            (x0, y0), (x, y) = points[-2:]
            length = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5
            ux, uy = (x - x0) / length, (y - y0) / length
            self.parts.append(
                '<polygon points="%g,%g %g,%g %g,%g" fill="%s"/>'
                % (x, y, x - 9 * ux - 4 * uy, y - 9 * uy + 4 * ux,
                   x - 9 * ux + 4 * uy, y - 9 * uy - 4 * ux, line))

    def grid(self, left, top, fill):
        """Cells (y, x) with the colour fill(y, x), and their coordinates."""
        for y in range(SIZE):
            self.text(left - 10, top + y * CELL + 21, str(y), size=11, fill=PALE)
            self.text(left + y * CELL + CELL / 2, top - 6, str(y), size=11, fill=PALE)
            for x in range(SIZE):
                self.box(left + x * CELL, top + y * CELL, CELL, CELL, fill(y, x), "#bbb")

    def save(self, name):
        with open(name, "w") as file:
            file.write("\n".join(self.parts + ["</svg>", ""]))


def at(left, top, y, x):
    """The middle of a cell."""
    return left + x * CELL + CELL / 2, top + y * CELL + CELL / 2


def draw_fire():
    """Iteration (2, 3) needs all up to pixel (3, 4)."""
    p = Picture(700, 350, "What iteration (2, 3) of a 3x3 convolution needs")
    left, top = 40, 50
    p.text(left + 4 * CELL, 20, "the object, as it is written", weight="bold")
    rank = 3 * SIZE + 4
    p.grid(left, top, lambda y, x: BLUE if y * SIZE + x <= rank else "white")
    for y in range(SIZE):
        for x in range(SIZE):
            if y * SIZE + x <= rank:
                cx, cy = at(left, top, y, x)
                p.text(cx, cy + 4, str(y * SIZE + x + 1), size=11)
    p.box(left + 2 * CELL, top + 1 * CELL, 3 * CELL, 3 * CELL, "none", ORANGE, 3)
    p.box(left + 4 * CELL + 3, top + 3 * CELL + 3, CELL - 6, CELL - 6, "none", INK, 2)
    x = left + 8 * CELL + 40
    notes = [
        ("orange: the window of iteration (2, 3)", ORANGE),
        ("its last pixel in order of writing is (3, 4),", INK),
        ("which comes with message 29", INK),
        ("", INK),
        ("so the iteration waits for 29 messages:", INK),
        ("received >= 8*d0 + d1 + 10", INK),
        ("8*2 + 3 + 10 = 29", INK),
        ("", INK),
        ("blue: what is there at least, once it fires", "#4a90c2"),
    ]
    for i, (text, colour) in enumerate(notes):
        p.text(x, top + 40 + 24 * i, text, "start", 14, colour)
    p.save("control-fire.svg")


def draw_pieces():
    """Four pieces of the fire rule."""
    p = Picture(700, 350, "The four pieces of the fire rule")
    left, top = 40, 50
    p.text(left + 4 * CELL, 20, "the reader's iterations (d0, d1)", weight="bold")
    colours = {(0, 0): BLUE, (0, 1): GREEN, (1, 0): "#fdd9a8", (1, 1): "#e3b5c8"}
    p.grid(left, top, lambda y, x: colours[y >= 6, x >= 6])
    for y in range(SIZE):
        for x in range(SIZE):
            cx, cy = at(left, top, y, x)
            need = min(y + 1, 7) * SIZE + min(x + 1, 7) + 1
            p.text(cx, cy + 4, str(need), size=11)
    x = left + 8 * CELL + 40
    notes = [
        ("inside", "8*d0 + d1 + 10", colours[0, 0]),
        ("the window ends at the right border", "8*d0 + 16", colours[0, 1]),
        ("at the lower border", "d1 + 58", colours[1, 0]),
        ("at both", "64", colours[1, 1]),
    ]
    for i, (where, value, colour) in enumerate(notes):
        p.box(x, top + 30 + 50 * i, 22, 22, colour, "#bbb")
        p.text(x + 34, top + 41 + 50 * i, where, "start")
        p.text(x + 34, top + 59 + 50 * i, "received >= 64*n + " + value, "start", 13, INK, "bold")
    p.text(x, top + 250, "numbers: messages that each iteration needs (n = 0)", "start", 12, PALE)
    p.save("control-pieces.svg")


def draw_slots():
    """Row 5 takes the slot of row 1."""
    p = Picture(760, 350, "Row 5 takes the slot of row 1")
    left, top = 40, 50
    p.text(left + 4 * CELL, 20, "the object: writer at row 5", weight="bold")

    def fill(y, x):
        if y == 5:
            return ORANGE if x < 3 else "white"
        return BLUE if 1 <= y <= 4 else "#e6e6e6" if y == 0 else "white"

    p.grid(left, top, fill)
    p.box(left + 1 * CELL, top + 1 * CELL, 3 * CELL, 3 * CELL, "none", INK, 2.5, "5,3")
    buffer_left, buffer_top = left + 8 * CELL + 150, top + 60
    p.text(buffer_left + 60, buffer_top - 40, "the buffer: 4 slots of a row", weight="bold")
    rows = {0: "row 4", 1: "row 1, then row 5", 2: "row 2", 3: "row 3"}
    for slot, text in rows.items():
        y = buffer_top + slot * CELL
        p.box(buffer_left, y, 170, CELL, ORANGE if slot == 1 else BLUE, "#bbb")
        p.text(buffer_left + 85, y + 21, text)
        p.text(buffer_left - 14, y + 21, str(slot), size=11, fill=PALE)
    source = (left + 8 * CELL + 4, top + 5.5 * CELL)
    p.line([source, (buffer_left - 60, source[1]), (buffer_left - 30, buffer_top + 1.5 * CELL)],
           ORANGE, 2, arrow=True)
    p.text(source[0] + 4, source[1] - 8, "5 mod 4 = 1", "start", 12, ORANGE)
    x = left + 8 * CELL + 40
    p.text(x, top + 250, "dashed: iteration (2, 2), the last that reads pixel (1, 1).", "start")
    p.text(x, top + 270, "Pixel (5, 1) must wait until it has retired:", "start")
    p.text(x, top + 290, "retired >= 8*(5-3) + (1+1) + 1 = 19", "start", 13, INK, "bold")
    p.save("control-slots.svg")


def draw_flow():
    """Writer and reader over time, one row per step, four slots."""
    p = Picture(760, 330, "Writer and reader keep within four rows of each other")
    left, top, step, row = 70, 30, 24, 13
    bottom = top + 19 * row
    p.line([(left, top), (left, bottom), (left + 26 * step, bottom)], PALE, 1)
    p.text(left - 45, top + 5, "row", "start", 12, PALE)
    p.text(left + 26 * step, bottom + 20, "time", "end", 12, PALE)
    write, free = [], []
    for t in range(25):
        written = min(16, t)
        retired = max(0, min(16, t - 3))
        write.append((left + t * step, bottom - written * row))
        write.append((left + (t + 1) * step, bottom - written * row))
        free.append((left + t * step, bottom - retired * row))
        free.append((left + (t + 1) * step, bottom - retired * row))
    p.parts.append('<polygon points="%s" fill="%s" fill-opacity="0.5"/>' % (
        " ".join("%g,%g" % q for q in write + free[::-1]), BLUE))
    p.line(write, ORANGE, 2.5)
    p.line(free, "#4a90c2", 2.5)
    p.line([(left, bottom - 8 * row), (left + 26 * step, bottom - 8 * row)], PALE, 1, "4,4")
    p.text(left + 6, bottom - 8 * row - 5, "image 0 below, image 1 above", "start", 12, PALE)
    p.text(left + 9.5 * step, bottom - 12 * row, "rows written", "end", 13, ORANGE)
    p.text(left + 14.5 * step, bottom - 9 * row + 22, "rows that no iteration will read again", "start",
           13, "#4a90c2")
    p.text(left + 40, bottom + 20, "between the lines: rows that must be kept, at most 4", "start", 13)
    p.save("control-flow.svg")


if __name__ == "__main__":
    draw_fire()
    draw_pieces()
    draw_slots()
    draw_flow()

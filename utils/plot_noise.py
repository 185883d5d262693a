"""Accuracy against noise: runs cm-sim --monte-carlo over programming noise, ADC
bits and time, and writes a table (CSV) and a picture (SVG).

    python3 utils/plot_noise.py NAME=PROGRAM.cmb,INPUT.npy,LABELS.npy ... \\
        --csv noise.csv --svg noise.svg [--chips 8] [--images 256] [--cm-sim PATH]
    python3 utils/plot_noise.py --draw --csv noise.csv --svg noise.svg

Every point is the preset `pcm` with one parameter changed; time has two
series, calibrated at the time of use and at the first read. Whiskers are the
95 % interval of the mean over chips (Student's t). Points that the table has are
not run again; `--draw` only draws.
"""

import argparse
import csv
import json
import subprocess
import sys

TIMES = (0, 60, 3600, 86400, 2.592e6, 3.1536e7)
TIME_NAMES = ("0 s", "1 min", "1 h", "1 day", "30 days", "1 year")
# Title, parameter, values, series and what each sets besides.
PANELS = (
    ("programming noise, times that of PCM", "programming_scale", (0, 1, 2, 3, 4, 6, 8),
     (("", ()),)),
    ("bits of the ADC", "adc_bits", (3, 4, 5, 6, 7, 8), (("", ()),)),
    ("time since programming", "time_s", TIMES,
     (("", ()), ("calibrated at 0 s", ("calibration_time_s=0",)))),
)
FIELDS = ("network", "parameter", "value", "series", "chips", "images", "ideal", "mean", "low",
          "high", "deviation")
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd")


def run(cm_sim, network, settings, options):
    name, files = network
    program, inputs, labels = files
    command = [cm_sim, program, "--input", inputs, "--labels", labels, "--non-ideal=pcm",
               "--monte-carlo=%d" % options.chips, "--images=%d" % options.images, "--json=-"]
    command += ["--set-noise=" + setting for setting in settings]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit("%s: %s" % (" ".join(command), done.stderr))
    return json.loads(done.stdout)


def read_table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def measure(options, file):
    """Writes a row for each point that the table does not have yet."""
    known = {(row["network"], row["parameter"], float(row["value"]), row["series"])
             for row in read_table(options.csv)}
    writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
    if file.tell() == 0:
        writer.writeheader()
    for text in options.networks:
        name, _, files = text.partition("=")
        files = files.split(",")
        if len(files) != 3:
            sys.exit("expected NAME=PROGRAM,INPUT,LABELS, found '%s'" % text)
        for _, parameter, values, series in PANELS:
            for label, extra in series:
                for value in values:
                    if options.points and "%s=%g" % (parameter, value) not in options.points:
                        continue
                    if (name, parameter, float(value), label) in known:
                        continue
                    found = run(options.cm_sim, (name, files),
                                ("%s=%r" % (parameter, value),) + extra, options)
                    interval = found["interval95"]
                    row = dict(
                        network=name, parameter=parameter, value=value, series=label,
                        chips=len(found["chips"]), images=found["images"],
                        ideal=found["ideal_accuracy"], mean=found["mean"], low=interval["low"],
                        high=interval["high"], deviation=found["deviation"])
                    writer.writerow({key: round(number, 6) if isinstance(number, float) else number
                                     for key, number in row.items()})
                    file.flush()
                    print("%s %s=%g %s: %.2f %%" % (name, parameter, value, label,
                                                    100 * found["mean"]), flush=True)


class Picture:
    WIDTH, HEIGHT, LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT, GAP = 1080, 380, 60, 60, 280, 240, 60

    def __init__(self):
        self.parts = [
            '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
            'font-family="sans-serif" font-size="12" role="img" aria-label="accuracy against noise">'
            % (self.WIDTH, self.HEIGHT, self.WIDTH, self.HEIGHT),
            "<title>accuracy against noise</title>",
            '<rect width="100%" height="100%" fill="white"/>']

    def line(self, points, colour, width=1.5, dash=""):
        self.parts.append('<polyline points="%s" fill="none" stroke="%s" stroke-width="%g"%s/>' % (
            " ".join("%.1f,%.1f" % point for point in points), colour, width,
            ' stroke-dasharray="%s"' % dash if dash else ""))

    def text(self, x, y, text, anchor="middle", colour="#222"):
        self.parts.append('<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>' % (
            x, y, anchor, colour, text))

    def panel(self, index, title, values, names):
        left = self.LEFT + index * (self.PLOT_WIDTH + self.GAP)
        bottom = self.TOP + self.PLOT_HEIGHT
        self.text(left + self.PLOT_WIDTH / 2, bottom + 40, title)
        for percent in range(0, 101, 20):
            y = self.y(percent / 100)
            self.line([(left, y), (left + self.PLOT_WIDTH, y)], "#ddd", 1)
            self.text(left - 6, y + 4, "%d" % percent, "end")
        self.line([(left, self.TOP), (left, bottom), (left + self.PLOT_WIDTH, bottom)], "#222", 1)
        for k, name in enumerate(names):
            self.text(self.x(index, k, len(values)), bottom + 18, name)

    def x(self, index, k, count):
        left = self.LEFT + index * (self.PLOT_WIDTH + self.GAP) + 20
        return left + k * (self.PLOT_WIDTH - 40) / (count - 1)

    def y(self, accuracy):
        return self.TOP + (1 - accuracy) * self.PLOT_HEIGHT

    def curve(self, index, rows, count, colour, dash):
        points = [(self.x(index, k, count), self.y(float(row["mean"]))) for k, row in rows]
        self.line(points, colour, 2, dash)
        for (x, y), (_, row) in zip(points, rows):
            ends = [self.y(float(row[end])) for end in ("low", "high")]
            self.line([(x, ends[0]), (x, ends[1])], colour, 1)
            for end in ends:
                self.line([(x - 3, end), (x + 3, end)], colour, 1)
            self.parts.append('<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (x, y, colour))


def draw(options):
    rows = read_table(options.csv)
    networks = list(dict.fromkeys(row["network"] for row in rows))
    picture = Picture()
    picture.text(14, 30, "accuracy in %, mean over chips", "start")
    for index, (title, parameter, values, series) in enumerate(PANELS):
        names = TIME_NAMES if parameter == "time_s" else ["%g" % value for value in values]
        picture.panel(index, title, values, names)
        for number, network in enumerate(networks):
            for label, _ in series:
                own = [(values.index(float(row["value"])), row) for row in rows
                       if (row["network"], row["parameter"], row["series"])
                       == (network, parameter, label)]
                picture.curve(index, sorted(own, key=lambda pair: pair[0]), len(values),
                              COLOURS[number % len(COLOURS)], "5 4" if label else "")
    x = 300
    for number, network in enumerate(networks):
        ideal = next(row["ideal"] for row in rows if row["network"] == network)
        colour = COLOURS[number % len(COLOURS)]
        picture.line([(x, 26), (x + 24, 26)], colour, 2)
        picture.text(x + 30, 30, "%s (ideal: %.1f %%)" % (network, 100 * float(ideal)), "start")
        x += 200
    picture.line([(x, 26), (x + 24, 26)], "#222", 2, "5 4")
    picture.text(x + 30, 30, "not calibrated again", "start")
    with open(options.svg, "w") as file:
        file.write("\n".join(picture.parts + ["</svg>", ""]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("networks", nargs="*", metavar="NAME=PROGRAM,INPUT,LABELS")
    parser.add_argument("--csv", required=True)
    parser.add_argument("--svg", required=True)
    parser.add_argument("--points", nargs="+", metavar="PARAMETER=VALUE",
                        help="only these, as in adc_bits=4 (default: all)")
    parser.add_argument("--chips", type=int, default=8)
    parser.add_argument("--images", type=int, default=256)
    parser.add_argument("--cm-sim", default="build/release/bin/cm-sim")
    parser.add_argument("--draw", action="store_true", help="draw the table that is there")
    options = parser.parse_args()
    if options.chips < 2:
        sys.exit("--chips: expected at least 2, found %d" % options.chips)
    if not options.draw:
        if not options.networks:
            sys.exit("expected NAME=PROGRAM,INPUT,LABELS, found none")
        with open(options.csv, "a", newline="") as file:
            measure(options, file)
    draw(options)


main()

"""Command line of the model zoo."""

import argparse
import dataclasses
import time

from . import make, registry


def listing():
    for spec in registry.ALL.values():
        kind = "small" if spec.small else "large"
        weights = f"{spec.weight} weights" + (" per channel" if spec.per_channel else "")
        print(f"{spec.name:20} {kind}  size {spec.size:4}  {spec.activation}, {weights}")


def chosen(names, size):
    for name in names:
        if name in ("small", "large"):
            specs = [s for s in registry.ALL.values() if s.small == (name == "small")]
        elif name in registry.ALL:
            specs = [registry.ALL[name]]
        else:
            raise SystemExit(f"error: unknown model '{name}'; see python -m zoo list")
        for spec in specs:
            yield dataclasses.replace(spec, size=size) if size else spec


def main():
    parser = argparse.ArgumentParser(prog="python -m zoo")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the models, one a line")
    maker = commands.add_parser("make", help="make models; prints their folders")
    maker.add_argument("names", nargs="+", metavar="NAME",
                       help="a model, or small or large for all of these")
    maker.add_argument("--size", type=int, help="image size, tokens or features")
    maker.add_argument("--out", help="make anew here instead of in the cache "
                       "(CM_ZOO_CACHE, else build/zoo)")
    args = parser.parse_args()
    if args.command == "list":
        listing()
        return
    for spec in chosen(args.names, args.size):
        start = time.time()
        folder, fresh = make.make(spec, args.out)
        note = f"made in {time.time() - start:.1f} s" if fresh else "cached"
        print(f"{folder} ({note})", flush=True)


if __name__ == "__main__":
    main()

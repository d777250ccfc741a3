"""The smallest program a sweep can run: read two parameters, report one number."""

import argparse

from sweepdeck import report

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--x", type=int, required=True)
parser.add_argument("--y", type=float, required=True)
arguments = parser.parse_args()

loss = arguments.x**2 + arguments.y**2
print(f"x={arguments.x} y={arguments.y} loss={loss}")
report(loss=loss)

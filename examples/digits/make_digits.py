"""Writes digits.csv: small handwritten-looking digits, the same ones at every run.

Each row is a label and 64 pixels from 0 (paper) to 16 (ink), row by row. A digit is a stroke drawing that is
shifted, slanted, scaled, drawn with a pen of varying width, and made noisy.
"""

import csv
import math
import random
from pathlib import Path

SIZE = 8
SAMPLES_PER_DIGIT = 60

# Strokes as polylines on a square from (0, 0) at the top left to (1, 1).
STROKES = {
    0: [[(0.5, 0.05), (0.8, 0.25), (0.8, 0.75), (0.5, 0.95), (0.2, 0.75), (0.2, 0.25), (0.5, 0.05)]],
    1: [[(0.3, 0.25), (0.55, 0.05), (0.55, 0.95)]],
    2: [[(0.2, 0.25), (0.45, 0.05), (0.8, 0.25), (0.7, 0.5), (0.2, 0.95), (0.85, 0.95)]],
    3: [[(0.2, 0.1), (0.75, 0.15), (0.45, 0.45), (0.8, 0.7), (0.5, 0.95), (0.2, 0.85)]],
    4: [[(0.65, 0.95), (0.65, 0.05), (0.15, 0.65), (0.9, 0.65)]],
    5: [[(0.8, 0.05), (0.25, 0.05), (0.25, 0.45), (0.7, 0.45), (0.8, 0.75), (0.5, 0.95), (0.2, 0.85)]],
    6: [[(0.7, 0.05), (0.3, 0.4), (0.2, 0.75), (0.5, 0.95), (0.8, 0.75), (0.55, 0.5), (0.25, 0.65)]],
    7: [[(0.2, 0.05), (0.85, 0.05), (0.4, 0.95)], [(0.4, 0.5), (0.75, 0.5)]],
    8: [[(0.5, 0.5), (0.75, 0.25), (0.5, 0.05), (0.25, 0.25), (0.5, 0.5), (0.8, 0.75), (0.5, 0.95), (0.2, 0.75), (0.5, 0.5)]],
    9: [[(0.75, 0.3), (0.5, 0.5), (0.25, 0.3), (0.5, 0.05), (0.75, 0.3), (0.7, 0.95)]],
}


def distance_to_segment(point, start, end):
    """Distance of a point from the nearest point of a line segment."""
    (px, py), (ax, ay), (bx, by) = point, start, end
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, ((px - ax) * dx + (py - ay) * dy) / length))
    return math.hypot(px - ax - t * dx, py - ay - t * dy)


def draw(digit, rng):
    """One sample: 64 integers from 0 to 16."""
    scale = rng.uniform(0.75, 1.0)
    slant = rng.uniform(-0.25, 0.25)
    left, top = rng.uniform(0.0, 1.0 - scale), rng.uniform(0.0, 1.0 - scale)
    pen = rng.uniform(0.06, 0.12)

    def place(x, y):
        x, y = x + rng.gauss(0, 0.03), y + rng.gauss(0, 0.03)
        return left + scale * (x + slant * (0.5 - y)), top + scale * y

    strokes = [[place(x, y) for x, y in stroke] for stroke in STROKES[digit]]
    segments = [pair for stroke in strokes for pair in zip(stroke, stroke[1:])]
    pixels = []
    for row in range(SIZE):
        for column in range(SIZE):
            centre = ((column + 0.5) / SIZE, (row + 0.5) / SIZE)
            distance = min(distance_to_segment(centre, start, end) for start, end in segments)
            ink = 1.0 / (1.0 + math.exp((distance - pen) / 0.03)) + rng.gauss(0, 0.08)
            pixels.append(round(16 * max(0.0, min(1.0, ink))))
    return pixels


def main():
    rng = random.Random(8)
    rows = [[digit, *draw(digit, rng)] for digit in STROKES for _ in range(SAMPLES_PER_DIGIT)]
    rng.shuffle(rows)
    with open(Path(__file__).with_name("digits.csv"), "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()

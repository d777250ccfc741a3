"""Fits a polynomial to noisy points with a ridge penalty; reads key=value overrides, needs nothing but Python."""
import json
import math
import os
import random
import sys

SETTINGS = {"model": "linear", "penalty": "0.1", "seed": "0"}
DEGREES = {"linear": 1, "cubic": 3}


def read_settings(words):
    settings = dict(SETTINGS)
    for word in words:
        key, separator, value = word.partition("=")
        if not separator or key not in settings:
            sys.exit(f"{word} is no setting. Known are: {', '.join(settings)}.")
        settings[key] = value
    return settings


def points(seed, count):
    draw = random.Random(seed)
    xs = [draw.uniform(-1, 1) for _ in range(count)]
    return [(x, math.sin(3 * x) + draw.gauss(0, 0.1)) for x in xs]


def loss_of(weights, data):
    return sum((sum(w * x**n for n, w in enumerate(weights)) - y) ** 2 for x, y in data) / len(data)


def fit(data, degree, penalty, report, steps=200, rate=0.1):
    weights = [0.0] * (degree + 1)
    for step in range(1, steps + 1):
        slopes = [2 * penalty * w / len(data) for w in weights]
        for x, y in data:
            error = sum(w * x**n for n, w in enumerate(weights)) - y
            for n in range(len(weights)):
                slopes[n] += 2 * error * x**n / len(data)
        weights = [w - rate * slope for w, slope in zip(weights, slopes)]
        if step % 50 == 0:
            report(step, weights)
    return weights


def main():
    settings = read_settings(sys.argv[1:])
    seed = int(settings["seed"])
    train, test = points(seed, 40), points(seed + 1000, 200)
    metrics = os.environ.get("SWEEPDECK_METRICS")

    def report(step, weights):
        line = {"step": step, "loss": loss_of(weights, test)}
        print(json.dumps(line), flush=True)
        if metrics:
            with open(metrics, "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    fit(train, DEGREES[settings["model"]], float(settings["penalty"]), report)


if __name__ == "__main__":
    main()

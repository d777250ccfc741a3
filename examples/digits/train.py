"""Trains a small neural network on digits.csv, in plain Python: 64 pixels, one hidden layer, 10 digits."""

import csv
import math
import random
from pathlib import Path

from sweepdeck import params, report

CLASSES = 10


def load(path):
    """Samples as (pixels from 0 to 1, label), split into training and validation samples."""
    with open(path, newline="") as file:
        samples = [([int(pixel) / 16 for pixel in row[1:]], int(row[0])) for row in csv.reader(file)]
    held_out = len(samples) // 5
    return samples[held_out:], samples[:held_out]


def dot(a, b):
    return sum(map(float.__mul__, a, b))


class Network:
    """Weights of one hidden layer of tanh units and a softmax layer; the last weight of each unit is its bias."""

    def __init__(self, inputs, hidden, rng):
        self.hidden = [[rng.gauss(0, 1 / math.sqrt(inputs)) for _ in range(inputs + 1)] for _ in range(hidden)]
        self.output = [[rng.gauss(0, 1 / math.sqrt(hidden)) for _ in range(hidden + 1)] for _ in range(CLASSES)]
        self.hidden_speed = [[0.0] * (inputs + 1) for _ in range(hidden)]
        self.output_speed = [[0.0] * (hidden + 1) for _ in range(CLASSES)]

    def predict(self, pixels):
        """Activations of the hidden layer and probabilities of the classes."""
        inputs = pixels + [1.0]
        activations = [math.tanh(dot(unit, inputs)) for unit in self.hidden] + [1.0]
        scores = [dot(unit, activations) for unit in self.output]
        highest = max(scores)
        exponentials = [math.exp(score - highest) for score in scores]
        total = sum(exponentials)
        return inputs, activations, [value / total for value in exponentials]

    def learn(self, pixels, label, lr, momentum, weight_decay):
        """One step of gradient descent on one sample; returns its cross entropy before the step."""
        inputs, activations, probabilities = self.predict(pixels)
        loss = -math.log(max(probabilities[label], 1e-12))
        errors = probabilities
        errors[label] -= 1.0
        back = [
            (1.0 - activation * activation) * sum(error * unit[index] for error, unit in zip(errors, self.output))
            for index, activation in enumerate(activations[:-1])
        ]
        layers = ((self.output, self.output_speed, errors, activations), (self.hidden, self.hidden_speed, back, inputs))
        for weights, speeds, slopes, values in layers:
            for index, slope in enumerate(slopes):
                unit, speed = weights[index], speeds[index]
                speeds[index] = speed = [
                    momentum * v - lr * (slope * value + weight_decay * weight)
                    for v, value, weight in zip(speed, values, unit)
                ]
                weights[index] = [weight + v for weight, v in zip(unit, speed)]
        return loss


def evaluate(network, samples):
    """Mean cross entropy and share of right answers."""
    loss, right = 0.0, 0
    for pixels, label in samples:
        probabilities = network.predict(pixels)[2]
        loss -= math.log(max(probabilities[label], 1e-12))
        right += probabilities.index(max(probabilities)) == label
    return loss / len(samples), right / len(samples)


def main():
    settings = params()
    optimizer = settings["optimizer"]
    training, validation = load(Path(__file__).with_name("digits.csv"))
    rng = random.Random(0)
    network = Network(len(training[0][0]), settings["hidden"], rng)
    for epoch in range(1, settings["epochs"] + 1):
        rng.shuffle(training)
        losses = [
            network.learn(pixels, label, optimizer["lr"], optimizer["momentum"], settings["weight_decay"])
            for pixels, label in training
        ]
        loss, accuracy = evaluate(network, validation)
        report(step=epoch, loss=loss, accuracy=accuracy, training_loss=sum(losses) / len(losses))
        print(f"epoch {epoch}: loss {loss:.4f}, accuracy {accuracy:.3f}", flush=True)


if __name__ == "__main__":
    main()

"""Logistic regression on the breast cancer data set, as a SageMaker training script.

Plain Python 3, standard library only. It knows nothing of Trainyard: it reads and writes where every SageMaker
algorithm does, below /opt/ml.

Hyperparameters (each with a default):
  epochs           how many times the progress is reported
  steps_per_epoch  gradient steps, each over all training rows, between two reports
  learning_rate    length of a step
  l2               weight of the penalty on large weights
"""

import csv
import json
import math
import signal
import sys
import traceback
from pathlib import Path

ML = Path("/opt/ml")
TARGET = "benign"
DEFAULTS = {"epochs": 40, "steps_per_epoch": 70, "learning_rate": 0.05, "l2": 0.001}


class StopRequested:
    """Turns true when SIGTERM arrives: the job was stopped, or its time is up. What is learnt by then is kept."""

    def __init__(self):
        self.seen = False
        signal.signal(signal.SIGTERM, self._on_signal)

    def __bool__(self):
        return self.seen

    def _on_signal(self, *_):
        self.seen = True


def read_hyperparameters():
    """The job's hyperparameters as numbers. SageMaker hands every value over as a string."""
    given = json.loads((ML / "input/config/hyperparameters.json").read_text())
    unknown = sorted(set(given) - set(DEFAULTS))
    if unknown:
        raise ValueError(f"unknown hyperparameters: {', '.join(unknown)}")
    return {name: type(default)(given.get(name, default)) for name, default in DEFAULTS.items()}


def read_channel(name):
    """All rows of a channel's CSV files: (feature names, rows of features, targets)."""
    files = sorted((ML / "input/data" / name).glob("**/*.csv"))
    if not files:
        raise FileNotFoundError(f"the channel '{name}' holds no .csv file")
    features, rows, targets = [], [], []
    for file in files:
        with file.open(newline="") as text:
            for row in csv.DictReader(text):
                targets.append(float(row.pop(TARGET)))
                features = list(row)
                rows.append([float(value) for value in row.values()])
    return features, rows, targets


def scales_of(rows):
    """Mean and standard deviation of each column."""
    columns = list(zip(*rows))
    means = [math.fsum(column) / len(column) for column in columns]
    deviations = [
        math.sqrt(math.fsum((value - mean) ** 2 for value in column) / len(column)) or 1.0
        for column, mean in zip(columns, means)
    ]
    return means, deviations


def standardise(rows, means, deviations):
    return [[(v - m) / d for v, m, d in zip(row, means, deviations)] for row in rows]


def probability(row, weights, bias):
    score = bias + sum(w * v for w, v in zip(weights, row))
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, score))))


def gradient_step(rows, targets, weights, bias, rate, l2):
    """One step of gradient descent over all rows: the new (weights, bias)."""
    slopes, bias_slope = [0.0] * len(weights), 0.0
    for row, target in zip(rows, targets):
        error = probability(row, weights, bias) - target
        bias_slope += error
        slopes = [slope + error * value for slope, value in zip(slopes, row)]
    count = len(rows)
    weights = [w - rate * (slope / count + l2 * w) for w, slope in zip(weights, slopes)]
    return weights, bias - rate * bias_slope / count


def loss_and_accuracy(rows, targets, weights, bias):
    """Mean cross-entropy, and the share of rows put in the right class."""
    loss, right = 0.0, 0
    for row, target in zip(rows, targets):
        p = min(max(probability(row, weights, bias), 1e-12), 1 - 1e-12)
        loss -= math.log(p if target == 1 else 1 - p)
        right += (p >= 0.5) == (target == 1)
    return loss / len(rows), right / len(rows)


def train():
    stop = StopRequested()
    hyperparameters = read_hyperparameters()
    features, rows, targets = read_channel("train")
    validation_features, validation_rows, validation_targets = read_channel("validation")
    if validation_features != features:
        raise ValueError("the channels 'train' and 'validation' have different columns")
    print(f"rows: train={len(rows)} validation={len(validation_rows)} features={len(features)}", flush=True)

    means, deviations = scales_of(rows)
    rows = standardise(rows, means, deviations)
    validation_rows = standardise(validation_rows, means, deviations)

    weights, bias = [0.0] * len(features), 0.0
    for epoch in range(1, hyperparameters["epochs"] + 1):
        for _ in range(hyperparameters["steps_per_epoch"]):
            weights, bias = gradient_step(
                rows, targets, weights, bias, hyperparameters["learning_rate"], hyperparameters["l2"]
            )
        loss, _ = loss_and_accuracy(rows, targets, weights, bias)
        _, accuracy = loss_and_accuracy(validation_rows, validation_targets, weights, bias)
        print(f"epoch={epoch} train_loss={loss:.4f} validation_accuracy={accuracy:.4f}", flush=True)
        if stop:
            print(f"asked to stop: keeping the model of epoch {epoch}", flush=True)
            break

    model = {
        "target": TARGET,
        "features": features,
        "means": means,
        "deviations": deviations,
        "weights": weights,
        "bias": bias,
    }
    (ML / "model/model.json").write_text(json.dumps(model, indent=1) + "\n")


if __name__ == "__main__":
    try:
        train()
    except Exception as error:
        traceback.print_exc()
        (ML / "output/failure").write_text(f"{type(error).__name__}: {error}")
        sys.exit(1)

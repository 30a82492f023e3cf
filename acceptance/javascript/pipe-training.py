"""Logistic regression over a channel in Pipe mode: reads one FIFO per epoch, as SageMaker's algorithms do. Standard library only."""

import json
import math
import time
from pathlib import Path

ML = Path("/opt/ml")
EPOCHS = 3
RATE = 0.05


def open_epoch(epoch):
    """Opens the FIFO of an epoch, which may appear late."""
    fifo = ML / f"input/data/train_{epoch}"
    while not fifo.exists():
        time.sleep(0.01)
    return fifo.open()


def read_epoch(epoch):
    with open_epoch(epoch) as lines:
        rows = [[float(value) for value in line.split(",")] for line in lines]
    return [row[:-1] for row in rows], [row[-1] for row in rows]


def scales_of(rows):
    columns = list(zip(*rows))
    means = [sum(column) / len(column) for column in columns]
    deviations = [
        math.sqrt(sum((value - mean) ** 2 for value in column) / len(column)) or 1.0
        for column, mean in zip(columns, means)
    ]
    return means, deviations


def main():
    config = json.loads((ML / "input/config/inputdataconfig.json").read_text())
    print(f"mode={config['train']['TrainingInputMode']}", flush=True)
    model = None
    for epoch in range(EPOCHS):
        rows, targets = read_epoch(epoch)
        if model is None:
            means, deviations = scales_of(rows)
            model = {"means": means, "deviations": deviations, "weights": [0.0] * len(means), "bias": 0.0}
        loss = 0.0
        for row, target in zip(rows, targets):
            scaled = [(v - m) / d for v, m, d in zip(row, model["means"], model["deviations"])]
            score = model["bias"] + sum(w * v for w, v in zip(model["weights"], scaled))
            p = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
            loss -= math.log(max(p if target == 1 else 1 - p, 1e-12))
            model["weights"] = [w - RATE * (p - target) * v for w, v in zip(model["weights"], scaled)]
            model["bias"] -= RATE * (p - target)
        # The sum tells whether a row was lost or doubled, whatever the order.
        total = math.fsum(sorted(value for row in rows for value in row))
        print(f"epoch={epoch} rows={len(rows)} sum={total:.4f} train_loss={loss / len(rows):.4f} first={rows[0][0]}", flush=True)
    (ML / "model/model.json").write_text(json.dumps(model))


main()

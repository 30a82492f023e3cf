"""Prints numbered lines, some of them metrics, and leaves a model: what a crash of the server must not harm.

Hyperparameters: `lines`, how many; `seconds`, over how long; `model_bytes`, how large a model.
"""

import json
import os
import time
from pathlib import Path

ML = Path("/opt/ml")
hyperparameters = json.loads((ML / "input/config/hyperparameters.json").read_text())
lines = int(hyperparameters["lines"])
pause = float(hyperparameters["seconds"]) / lines

# Each of these metrics has one value only: a lost line is a lost metric.
once = {1: "first=11", lines // 2: "middle=22", lines: "last=33"}

for number in range(1, lines + 1):
    print(f"line {number} count={number} {once.get(number, '')}".rstrip(), flush=True)
    time.sleep(pause)

# What each of several hosts leaves has its name.
resources = json.loads((ML / "input/config/resourceconfig.json").read_text())
host = f"-{resources['current_host']}" if len(resources["hosts"]) > 1 else ""

# Random bytes don't compress: taking the model out lasts long enough to be interrupted.
(ML / f"model/weights{host}").write_bytes(os.urandom(int(hyperparameters["model_bytes"])))
inputs = sorted(path.name for path in (ML / "input/data/many").glob("*"))
(ML / f"model/inputs{host}.json").write_text(json.dumps(inputs))

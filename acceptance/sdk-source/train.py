"""A training script as users of the SageMaker SDKs write them. It tells all that it was told, in its model."""

import json
import os
import sys
import time
from pathlib import Path

import part

told = {
    "arguments": sys.argv[1:],
    "variables": {name: value for name, value in os.environ.items() if name.startswith("SM_")},
    "part": part.WORD,
    "channels": {
        name: sorted(os.listdir(Path("/opt/ml/input/data") / name)) for name in json.loads(os.environ["SM_CHANNELS"])
    },
}
print("told:", " ".join(sys.argv[1:]), flush=True)

if "--fail" in sys.argv:
    raise ValueError("the script was asked to fail")
if "--wait" in sys.argv:
    print("waiting", flush=True)
    time.sleep(600)

checkpoints = Path("/opt/ml/checkpoints")
if checkpoints.exists():
    (checkpoints / "epoch-1").write_text("weights")
tensors = Path("/opt/ml/output/tensors")
if tensors.exists():
    (tensors / "claim.smd").write_text("")
Path("/opt/ml/model/told.json").write_text(json.dumps(told))
Path("/opt/ml/output/data/note.txt").write_text("done")

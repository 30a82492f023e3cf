"""Trains a classifier on CSV files whose first column is the label. Goes on from a checkpoint that an earlier job has left."""

import argparse
import os
from pathlib import Path

import numpy as np
import xgboost as xgb

# SageMaker brings what is in the job's CheckpointConfig here, and keeps it.
CHECKPOINT = Path("/opt/ml/checkpoints/model.ubj")
ROUNDS_BETWEEN_CHECKPOINTS = 10


def main():
    arguments = parse()
    train, validation = read(arguments.train), read(arguments.validation)
    start = xgb.Booster(model_file=CHECKPOINT) if CHECKPOINT.exists() else None
    done = start.num_boosted_rounds() if start else 0
    print(f"rows={train.num_row()} rounds={arguments.num_round} of which an earlier job has done {done}")
    booster = xgb.train(
        {
            "objective": "binary:logistic",
            "eval_metric": ["logloss", "error"],
            "max_depth": arguments.max_depth,
            "eta": arguments.eta,
        },
        train,
        num_boost_round=max(arguments.num_round - done, 0),
        evals=[(train, "train"), (validation, "validation")],
        callbacks=[Checkpoints()],
        xgb_model=start,
    )
    booster.save_model(Path(arguments.model_dir) / "model.ubj")


def parse():
    """Hyperparameters come as arguments; where things are, SageMaker says in variables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--num_round", type=int, default=50)
    parser.add_argument("--max_depth", type=int, default=3)
    parser.add_argument("--eta", type=float, default=0.3)
    parser.add_argument("--train", type=Path, default=os.environ.get("SM_CHANNEL_TRAIN"))
    parser.add_argument("--validation", type=Path, default=os.environ.get("SM_CHANNEL_VALIDATION"))
    parser.add_argument("--model_dir", type=Path, default=os.environ.get("SM_MODEL_DIR"))
    return parser.parse_args()


def read(folder):
    rows = np.concatenate([np.loadtxt(path, delimiter=",", ndmin=2) for path in sorted(folder.iterdir())])
    return xgb.DMatrix(rows[:, 1:], label=rows[:, 0])


class Checkpoints(xgb.callback.TrainingCallback):
    """A spot interruption may come at any moment: a checkpoint appears whole or not at all."""

    def after_iteration(self, model, epoch, evals_log):
        if model.num_boosted_rounds() % ROUNDS_BETWEEN_CHECKPOINTS == 0 and CHECKPOINT.parent.is_dir():
            draft = CHECKPOINT.with_name("draft.ubj")
            model.save_model(draft)
            os.replace(draft, CHECKPOINT)
        return False


if __name__ == "__main__":
    main()

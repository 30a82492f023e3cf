"""A training script, run by each process of MPI: sums over all, as data parallel training does."""

import argparse
import time

from mpi4py import MPI

parser = argparse.ArgumentParser()
parser.add_argument("--weight", type=int)
weight = parser.parse_args().weight
world = MPI.COMM_WORLD
total = world.allreduce(weight * (world.rank + 1))
print(f"rank {world.rank} of {world.size}: {total}", flush=True)
# The toolkit looks once a second for MPI's daemon on the other hosts.
time.sleep(5)

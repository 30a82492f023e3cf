"""Sums over all ranks through libmpi itself, without a package that wraps it."""

import ctypes
import os
import sys
import time

mpi = ctypes.CDLL("libmpi.so.40", mode=ctypes.RTLD_GLOBAL)
world, sum_of, integers = (
    ctypes.addressof(ctypes.c_char.in_dll(mpi, name))
    for name in ("ompi_mpi_comm_world", "ompi_mpi_op_sum", "ompi_mpi_int")
)
assert mpi.MPI_Init(None, None) == 0
rank, size = ctypes.c_int(), ctypes.c_int()
mpi.MPI_Comm_rank(ctypes.c_void_p(world), ctypes.byref(rank))
mpi.MPI_Comm_size(ctypes.c_void_p(world), ctypes.byref(size))

# Long enough to go by the network in many pieces.
length = 1_000_000
own, total = (ctypes.c_int * length)(*([rank.value + 1] * length)), (ctypes.c_int * length)()
pointers = [ctypes.c_void_p(each) for each in (integers, sum_of, world)]
assert mpi.MPI_Allreduce(own, total, length, *pointers) == 0
assert set(total) == {sum(range(1, size.value + 1))}
print(f"rank {rank.value} of {size.value} on {os.uname().nodename}: {total[0]}", flush=True)
# Whoever waits for the daemon of MPI to come and go must get to see it.
time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 0)
mpi.MPI_Finalize()

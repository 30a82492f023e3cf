"""The command that runs the script, with the launcher that the job asks for."""

import os
import shlex
import subprocess
import sys

import arguments
import machine
from job import MASTER_PORT, JobError

SHELL = "/bin/sh"

# Launchers that need what an image brings and a machine has not, by the hyperparameter that asks for them.
REFUSED = {
    "sagemaker_mpi_enabled": "MPI",
    "sagemaker_distributed_dataparallel_enabled": "SageMaker's data parallel library",
    "sagemaker_parameter_server_enabled": "TensorFlow's parameter servers",
    "sagemaker_multi_worker_mirrored_strategy_enabled": "TensorFlow's MultiWorkerMirroredStrategy",
    "sagemaker_pytorch_xla_multi_worker_enabled": "PyTorch XLA",
}
# Both start one process for each GPU, with torch.distributed's variables.
TORCHRUN = ("sagemaker_torch_distributed_enabled", "sagemaker_pytorch_ddp_enabled")


def words(job):
    for flag, name in REFUSED.items():
        if job.is_on(flag):
            raise JobError(
                "%s (hyperparameter %s) can't be honoured by this image: use the torch_distributed launcher, or an image "
                "that brings its own." % (name, flag)
            )
    entry = _entry(job)
    if not any(job.is_on(flag) for flag in TORCHRUN):
        return entry
    return _torchrun(job, entry)


def shown(command):
    return " ".join(shlex.quote(word) for word in command)


def _entry(job):
    own = arguments.of(job.hyperparameters)
    if _is_package(job):
        return [sys.executable, "-m", os.path.splitext(job.program)[0], *own]
    if job.program.endswith(".py"):
        return [sys.executable, job.program, *own]
    path = os.path.join(job.paths.code, job.program)
    os.chmod(path, os.stat(path).st_mode | 0o111)
    return [SHELL, "-c", " ".join(shlex.quote(word) for word in ["./" + job.program, *own])]


def _is_package(job):
    return job.program.endswith(".py") and os.path.exists(os.path.join(job.paths.code, "setup.py"))


def _torchrun(job, entry):
    """Training contract §6."""
    if entry[0] == SHELL:
        raise JobError("The torch_distributed launcher starts Python scripts, and %s is none." % job.program)
    if not _has_torch(job):
        raise JobError("The torch_distributed launcher needs PyTorch, and %s has no module torch." % sys.executable)
    hosts = _distribution_hosts(job)
    per_host = job.own.get("sagemaker_mpi_num_of_processes_per_host") or machine.gpus() or machine.neurons() or 1
    launcher = [sys.executable, "-m", "torch.distributed.run"]
    launcher += ["--nnodes", str(len(hosts)), "--nproc_per_node", str(per_host)]
    if len(hosts) > 1:
        launcher += ["--master_addr", hosts[0], "--master_port", MASTER_PORT]
        launcher += ["--node_rank", str(hosts.index(job.host))]
    return launcher + entry[1:]


def _has_torch(job):
    """Asked in the script's own folder and Python, where requirements.txt may just have put it."""
    find = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"
    return subprocess.call([sys.executable, "-c", find], cwd=job.paths.code) == 0


def _distribution_hosts(job):
    groups = job.distribution_groups
    if not groups:
        return job.hosts
    hosts = []
    for group in job.resources.get("instance_groups") or []:
        if group["instance_group_name"] in groups:
            hosts += group["hosts"]
    return hosts

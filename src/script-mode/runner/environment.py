"""The SM_ variables that scripts read (training contract §7.1)."""

import json
import os

import arguments
import machine
from job import MASTER_PORT


def variables(job):
    """All variables that the script gets besides those of the platform."""
    values = {
        **facts(job),
        "hps": job.hyperparameters,
        "framework_params": job.own,
        "training_env": training_environment(job),
        "user_args": arguments.of(job.hyperparameters),
        "channels": sorted(job.channels),
        "output_data_dir": job.paths.output_data,
        "output_intermediate_dir": job.paths.intermediate,
        **{"channel_" + name: path for name, path in channel_folders(job).items()},
        **{"hp_" + name: value for name, value in job.hyperparameters.items()},
    }
    named = {"SM_" + name.upper(): text(value) for name, value in values.items()}
    platform = {
        # Where the hosts of torch.distributed meet, which scripts do not say themselves: PyTorch's image does (§6).
        "MASTER_ADDR": os.environ.get("MASTER_ADDR") or job.master,
        "MASTER_PORT": os.environ.get("MASTER_PORT") or MASTER_PORT,
        "CURRENT_HOST": job.host,
        "SAGEMAKER_REGION": job.own.get("sagemaker_region") or os.environ.get("AWS_REGION"),
        "SAGEMAKER_JOB_NAME": job.own.get("sagemaker_job_name") or os.environ.get("TRAINING_JOB_NAME"),
    }
    return {**named, **{name: str(value) for name, value in platform.items() if value}}


def facts(job):
    groups = job.resources.get("instance_groups") or []
    group = next((each for each in groups if each["instance_group_name"] == job.group_name), {})
    result = {
        "hosts": job.hosts,
        "current_host": job.host,
        "current_instance_type": job.resources.get("current_instance_type"),
        "current_instance_group": job.group_name,
        "current_instance_group_hosts": group.get("hosts", job.hosts),
        "instance_groups": [each["instance_group_name"] for each in groups],
        "instance_groups_dict": {each["instance_group_name"]: each for each in groups},
        "distribution_instance_groups": job.distribution_groups,
        "is_hetero": len(groups) > 1,
        "network_interface_name": job.resources.get("network_interface_name"),
        "user_entry_point": job.program,
        "module_name": os.path.splitext(job.program)[0] if job.program.endswith(".py") else job.program,
        "module_dir": job.source or job.paths.code,
        "framework_module": os.environ.get("SAGEMAKER_TRAINING_MODULE"),
        "resource_config": job.resources,
        "input_data_config": job.channels,
        "input_dir": job.paths.input,
        "input_config_dir": job.paths.config,
        "model_dir": job.paths.model,
        "output_dir": job.paths.output,
        "num_cpus": machine.cpus(),
        "num_gpus": machine.gpus(),
        "num_neurons": machine.neurons(),
        "log_level": job.log_level,
    }
    if job.resources.get("topology"):
        result["topology"] = job.resources["topology"]
    return result


def training_environment(job):
    """SM_TRAINING_ENV: the facts as one object."""
    return {
        **facts(job),
        "additional_framework_parameters": job.own,
        "channel_input_dirs": channel_folders(job),
        "hyperparameters": job.hyperparameters,
        "is_master": job.host == job.master,
        "master_hostname": job.master,
        "job_name": job.own.get("sagemaker_job_name") or os.environ.get("TRAINING_JOB_NAME"),
        "output_data_dir": job.paths.output_data,
        "output_intermediate_dir": job.paths.intermediate,
    }


def channel_folders(job):
    return {name: os.path.join(job.paths.data, name) for name in job.channels}


def text(value):
    """Text as it is, nothing as nothing, all else as compact JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))

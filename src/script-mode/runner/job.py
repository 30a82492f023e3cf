"""What the platform says about the job, in /opt/ml/input/config."""

import json
import os

# Hyperparameters that are not for the script (training contract §7.1).
OWN_PREFIX = "sagemaker_"
OWN_NAMES = {"_tuning_objective_metric"}
# Where the hosts of torch.distributed meet, on the first of them (training contract §6).
MASTER_PORT = "7777"


class JobError(Exception):
    """What the user can mend. Its text is the job's failure."""


class Paths:
    """The folders below /opt/ml. SAGEMAKER_BASE_DIR puts them elsewhere, as with the toolkit."""

    def __init__(self):
        self.base = os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")
        self.input = self.below("input")
        self.config = self.below("input", "config")
        self.data = self.below("input", "data")
        self.code = self.below("code")
        self.model = self.below("model")
        self.output = self.below("output")
        self.output_data = self.below("output", "data")
        self.intermediate = self.below("output", "intermediate")

    def below(self, *names):
        return os.path.join(self.base, *names)

    def touch(self, *names):
        with open(self.below(*names), "a"):
            pass


class Job:
    def __init__(self):
        self.paths = Paths()
        self.log_level = 20

    def read(self):
        hyperparameters = {name: decoded(value) for name, value in self._config("hyperparameters").items()}
        self.own = {name: value for name, value in hyperparameters.items() if is_own(name)}
        self.hyperparameters = {name: value for name, value in hyperparameters.items() if not is_own(name)}
        self.resources = self._config("resourceconfig")
        self.channels = self._config("inputdataconfig")
        self.log_level = int(self.own.get("sagemaker_container_log_level", 20))

    @property
    def program(self):
        program = self.own.get("sagemaker_program") or os.environ.get("SAGEMAKER_PROGRAM")
        if not program:
            raise JobError(
                "No training script: the hyperparameter sagemaker_program is missing. This image runs scripts; "
                "name one (entry_point in the SageMaker SDK), or give a ContainerEntrypoint."
            )
        return str(program)

    @property
    def source(self):
        """Where the source is: an S3 URI or a path. None: it is in /opt/ml/code."""
        return self.own.get("sagemaker_submit_directory") or os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY")

    @property
    def isolated(self):
        """Whether the job has no network."""
        if not os.path.exists(os.path.join(self.paths.config, "trainingjobconfig.json")):
            return False
        return self._config("trainingjobconfig").get("EnableNetworkIsolation") is True

    @property
    def host(self):
        return self.resources["current_host"]

    @property
    def hosts(self):
        return self.resources["hosts"]

    @property
    def master(self):
        return sorted(self.hosts)[0]

    @property
    def group_name(self):
        return self.resources.get("current_group_name", "homogeneousCluster")

    @property
    def distribution_groups(self):
        return self.own.get("sagemaker_distribution_instance_groups") or []

    def is_on(self, flag):
        return self.own.get(flag) is True

    def _config(self, name):
        path = os.path.join(self.paths.config, name + ".json")
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def is_own(name):
    return name.startswith(OWN_PREFIX) or name in OWN_NAMES


def decoded(value):
    """SDK 2 encodes each value as JSON; other clients send plain text."""
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value

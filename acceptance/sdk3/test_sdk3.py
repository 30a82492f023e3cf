"""Version 3 of the SageMaker Python SDK (training contract §7.2, §8.2)."""

import contextlib
import io
import shutil

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.resources import TrainingJob
from sagemaker.core.shapes import (
    AlgorithmSpecification,
    OutputDataConfig,
    ResourceConfig,
    StoppingCondition,
)
from sagemaker.core.utils.exceptions import FailedStatusError
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, SourceCode
from sagemaker.train.distributed import Torchrun
from sdk_case import BUCKET, HOST_IMAGE, ROLE, SCRIPT_IMAGE, SdkCase

# Stands in for PyTorch, which is large: its launcher hands on what it was told.
LAUNCHER = """
import os, subprocess, sys
__version__ = "2.3.0"
def launch():
    sys.exit(subprocess.call([sys.executable, "train.py", *sys.argv[1:]]))
"""


class Sdk3Case(SdkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session = Session()
        cls.inputs = cls.session.upload_data(str(cls.data), key_prefix="sdk3/train")

    def trainer(self, source_code, **more):
        return ModelTrainer(
            training_image=SCRIPT_IMAGE,
            source_code=source_code,
            compute=Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1),
            base_job_name=self.unique("sdk3"),
            sagemaker_session=self.session,
            **{"role": ROLE, **more},
        )

    def train(self, trainer, channels=None, **more):
        """The job, which ran to its end."""
        channels = channels or [InputData(channel_name="train", data_source=self.inputs)]
        trainer.train(input_data_config=channels, wait=True, **{"logs": False, **more})
        return trainer._latest_training_job

    def folder_source(self, **more):
        return SourceCode(source_dir=str(self.source), **more)


class TestModelTrainer(Sdk3Case):
    def test_folder(self):
        trainer = self.trainer(self.folder_source(entry_script="train.py"), hyperparameters={"epochs": 3, "name": "it is"})
        with contextlib.redirect_stdout(io.StringIO()):
            job = self.train(trainer, logs=True)
        self.assertEqual(job.training_job_status, "Completed")
        told = self.told(job.model_artifacts.s3_model_artifacts)
        self.assertEqual(told["arguments"], ["--epochs", "3", "--name", "it is"])
        self.assertEqual(told["part"], "from another file")
        self.assertEqual(told["channels"]["train"], ["rows.csv"])

    def test_command(self):
        command = 'python3 train.py --by command && echo "$SM_CURRENT_HOST" > /opt/ml/model/host'
        job = self.train(self.trainer(self.folder_source(command=command)))
        self.assertEqual(self.told(job.model_artifacts.s3_model_artifacts)["arguments"], ["--by", "command"])

    def test_requirements(self):
        source = self.folder / "with-requirements"
        shutil.copytree(self.source, source)
        wheel = self.wheel(source, "acceptance_tiny", "WORD = 'from a wheel'")
        (source / "wheels.txt").write_text(f"./{wheel}\n")
        (source / "part.py").write_text("from acceptance_tiny import WORD")
        code = SourceCode(source_dir=str(source), entry_script="train.py", requirements="wheels.txt")
        job = self.train(self.trainer(code))
        self.assertEqual(self.told(job.model_artifacts.s3_model_artifacts)["part"], "from a wheel")

    def test_torchrun(self):
        source = self.folder / "torchrun"
        shutil.copytree(self.source, source)
        wheel = self.wheel(source, "torch", LAUNCHER, scripts="torchrun=torch:launch")
        (source / "requirements.txt").write_text(f"./{wheel}\n")
        code = SourceCode(source_dir=str(source), entry_script="train.py", requirements="requirements.txt")
        trainer = self.trainer(code, distributed=Torchrun(process_count_per_node=2), hyperparameters={"epochs": 1})
        job = self.train(trainer)
        self.assertEqual(job.training_job_status, "Completed")
        told = self.told(job.model_artifacts.s3_model_artifacts)
        self.assertEqual(told["arguments"], ["--nnodes=1", "--nproc_per_node=2", "train.py", "--epochs", "1"])

    def test_role_with_limits(self):
        # The SDK asks what the role may do, and stages the code where it may read.
        place = f"s3://{BUCKET}/limited"
        trainer = self.trainer(
            self.folder_source(entry_script="train.py"),
            role=f"{ROLE.removesuffix('trainyard')}limited",
            output_data_config=OutputDataConfig(s3_output_path=f"{place}/out"),
        )
        inputs = self.session.upload_data(str(self.data), key_prefix="limited/train")
        job = self.train(trainer, channels=[InputData(channel_name="train", data_source=inputs)])
        self.assertEqual(job.training_job_status, "Completed")
        self.assertTrue(job.model_artifacts.s3_model_artifacts.startswith(f"{place}/out/"))
        for channel in job.input_data_config:
            self.assertTrue(channel.data_source.s3_data_source.s3_uri.startswith(f"{place}/"), channel)

    def test_failure(self):
        trainer = self.trainer(self.folder_source(entry_script="train.py"), hyperparameters={"fail": ""})
        with self.assertRaises(FailedStatusError) as caught:
            self.train(trainer)
        self.assertIn("AlgorithmError: ", str(caught.exception))


class TestResources(Sdk3Case):
    def create(self, command):
        return TrainingJob.create(
            training_job_name=self.unique("core"),
            role_arn=ROLE,
            algorithm_specification=AlgorithmSpecification(
                training_image=HOST_IMAGE,
                training_input_mode="File",
                container_entrypoint=["/bin/sh", "-c", command],
            ),
            output_data_config=OutputDataConfig(s3_output_path=f"s3://{BUCKET}/core"),
            resource_config=ResourceConfig(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1),
            stopping_condition=StoppingCondition(max_runtime_in_seconds=600),
        )

    def test_wait_and_get(self):
        job = self.create("echo hello > /opt/ml/model/it")
        job.wait(poll=1)
        self.assertEqual(job.training_job_status, "Completed")
        same = TrainingJob.get(training_job_name=job.training_job_name)
        self.assertEqual(same.training_job_arn, job.training_job_arn)
        self.assertEqual(same.refresh().secondary_status, "Completed")
        names = [each.training_job_name for each in TrainingJob.get_all(name_contains=job.training_job_name)]
        self.assertEqual(names, [job.training_job_name])

    def test_stop_and_delete(self):
        job = self.create("sleep 600")
        job.stop()
        job.wait(poll=1)
        self.assertEqual(job.training_job_status, "Stopped")
        job.delete()
        self.assertEqual(list(TrainingJob.get_all(name_contains=job.training_job_name)), [])

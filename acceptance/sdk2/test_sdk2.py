"""Version 2 of the SageMaker Python SDK (training contract §7.1, §8.1)."""

import contextlib
import io
import json
import shutil
import time

import sagemaker
from botocore.exceptions import ClientError
from sagemaker.analytics import TrainingJobAnalytics
from sagemaker.debugger import CollectionConfig, DebuggerHookConfig, FrameworkProfile, ProfilerRule, rule_configs
from sagemaker.estimator import Estimator
from sagemaker.exceptions import UnexpectedStatusException
from sagemaker.instance_group import InstanceGroup
from sagemaker.pytorch import PyTorch
from sagemaker.sklearn import SKLearn
from sagemaker.xgboost import XGBoost
from sdk_case import BUCKET, HOST_IMAGE, ROLE, ROLE_NAME, SCRIPT_IMAGE, SdkCase

WITHIN_SECONDS = 60


class Sdk2Case(SdkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session = sagemaker.Session()
        cls.inputs = cls.session.upload_data(str(cls.data), key_prefix="sdk2/train")

    def options(self, **more):
        return {
            "role": ROLE_NAME,
            "instance_type": "ml.m5.large",
            "instance_count": 1,
            "sagemaker_session": self.session,
            "base_job_name": self.unique("sdk2"),
            **more,
        }

    def script(self, **more):
        return Estimator(SCRIPT_IMAGE, **self.options(entry_point="train.py", source_dir=str(self.source), **more))

    def printed(self, work):
        """What the SDK prints meanwhile: the statuses and the lines of the log."""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            work()
        return out.getvalue()

    def describe(self, estimator):
        return self.session.describe_training_job(estimator.latest_training_job.name)


class TestScriptMode(Sdk2Case):
    def test_default_bucket_and_inputs(self):
        self.assertEqual(self.session.default_bucket(), BUCKET)
        self.assertEqual(self.inputs, f"s3://{BUCKET}/sdk2/train")
        self.assertEqual(self.session.account_id(), "123456789012")
        self.assertEqual(sagemaker.get_execution_role(self.session), ROLE)

    def test_fit_prints_statuses_and_the_log(self):
        hyperparameters = {"epochs": 3, "rate": 0.25, "name": "it's", "x": True, "sizes": [1, 2], "map": {"a": 1}}
        estimator = self.script(hyperparameters=hyperparameters)
        printed = self.printed(lambda: estimator.fit({"train": self.inputs}, wait=True, logs="All"))
        for text in ("Training - Training image download completed", "Completed - Training job completed", "told: "):
            self.assertIn(text, printed)
        told = self.told(estimator.model_data)
        expected = ["--epochs", "3", "--map", "a=1", "--name", "it's", "--rate", "0.25", "--sizes", "[1, 2]"]
        self.assertEqual(told["arguments"], [*expected, "-x", "True"])
        self.assertEqual(told["part"], "from another file")
        self.assertEqual(told["channels"], {"train": ["rows.csv"]})
        variables = told["variables"]
        self.assertEqual(json.loads(variables["SM_HPS"]), hyperparameters)
        self.assertEqual(variables["SM_CHANNEL_TRAIN"], "/opt/ml/input/data/train")
        self.assertEqual(variables["SM_CURRENT_INSTANCE_TYPE"], "ml.m5.large")
        self.assertTrue(variables["SM_MODULE_DIR"].startswith(f"s3://{BUCKET}/"))
        self.assertIn("told: ", self.printed(estimator.logs))

    def test_frameworks(self):
        source = {"entry_point": "train.py", "source_dir": str(self.source), "hyperparameters": {"epochs": 1}}
        for estimator in (
            PyTorch(framework_version="2.3", py_version="py311", **self.options(**source)),
            SKLearn(framework_version="1.2-1", py_version="py3", **self.options(**source)),
            XGBoost(framework_version="1.7-1", **self.options(**source)),
        ):
            with self.subTest(type(estimator).__name__):
                estimator.fit({"train": self.inputs}, logs=False)
                told = self.told(estimator.model_data)
                self.assertEqual(told["arguments"][:2], ["--epochs", "1"])
                self.assertEqual(told["variables"]["SM_USER_ENTRY_POINT"], "train.py")

    def test_requirements(self):
        source = self.folder / "with-requirements"
        shutil.copytree(self.source, source)
        wheel = self.wheel(source, "acceptance_tiny", "WORD = 'from a wheel'")
        (source / "requirements.txt").write_text(f"./{wheel}\n")
        (source / "part.py").write_text("from acceptance_tiny import WORD")
        estimator = Estimator(SCRIPT_IMAGE, **self.options(entry_point="train.py", source_dir=str(source)))
        estimator.fit({"train": self.inputs}, logs=False)
        self.assertEqual(self.told(estimator.model_data)["part"], "from a wheel")

    def test_requirements_are_installed_once_for_all(self):
        source = self.folder / "with-index"
        shutil.copytree(self.source, source)
        # One that no other run of the suite has asked for, by a comment that does not count and a version that does.
        (source / "requirements.txt").write_text("six==1.16.0  # small, and without dependencies\n")
        (source / "part.py").write_text("import six\nWORD = six.__version__ + ' of ' + six.__file__")

        def run(**more):
            estimator = Estimator(
                SCRIPT_IMAGE, **self.options(entry_point="train.py", source_dir=str(source), **more)
            )
            printed = self.printed(lambda: estimator.fit({"train": self.inputs}, logs="All"))
            self.assertEqual(self.told(estimator.model_data)["part"], "1.16.0 of /opt/trainyard/packages/six.py")
            return printed

        self.assertIn("Installing requirements.txt", run())
        self.assertNotIn("Installing requirements.txt", run(enable_network_isolation=True))

    def test_shell_script(self):
        source = self.folder / "shell"
        source.mkdir(exist_ok=True)
        (source / "run.sh").write_text('#!/bin/sh\necho "{\\"arguments\\": [\\"$*\\"]}" > $SM_MODEL_DIR/told.json\n')
        options = self.options(entry_point="run.sh", source_dir=str(source), hyperparameters={"a": 1})
        estimator = Estimator(SCRIPT_IMAGE, **options)
        estimator.fit(logs=False)
        self.assertEqual(self.told(estimator.model_data)["arguments"], ["-a 1"])

    def test_network_isolation(self):
        estimator = self.script(enable_network_isolation=True)
        estimator.fit({"train": self.inputs}, logs=False)
        told = self.told(estimator.model_data)
        self.assertEqual(told["variables"]["SM_MODULE_DIR"], "/opt/ml/input/data/code/sourcedir.tar.gz")

    def test_failure_is_the_scripts_own(self):
        estimator = self.script(hyperparameters={"fail": ""})
        with self.assertRaises(UnexpectedStatusException) as caught:
            self.printed(lambda: estimator.fit({"train": self.inputs}, logs="All"))
        for text in ("AlgorithmError: ExecuteUserScriptError:", "ValueError: the script was asked to fail", "exit code: 1"):
            self.assertIn(text, str(caught.exception))


class TestJobs(Sdk2Case):
    def test_own_entrypoint(self):
        command = ["/bin/sh", "-c", "cat /opt/ml/input/data/train/* > /opt/ml/model/rows"]
        estimator = Estimator(HOST_IMAGE, container_entry_point=command, **self.options(role=ROLE))
        estimator.fit({"train": self.inputs}, logs=False)
        self.assertEqual(self.describe(estimator)["TrainingJobStatus"], "Completed")

    def test_a_job_goes_to_aws_by_the_proxy_too(self):
        source = self.folder / "asks"
        source.mkdir()
        # Signed by nobody: what answers is this server, by the name of AWS, and trusted.
        (source / "ask.py").write_text(
            "import urllib.request, urllib.error\n"
            "try: urllib.request.urlopen('https://s3.us-east-1.amazonaws.com/')\n"
            "except urllib.error.HTTPError as error: print(error.code, b'AccessDenied' in error.read())"
        )
        estimator = Estimator(SCRIPT_IMAGE, **self.options(entry_point="ask.py", source_dir=str(source)))
        printed = self.printed(lambda: estimator.fit(logs="All"))
        self.assertIn("403 True", printed)

    def test_analytics(self):
        command = ["/bin/sh", "-c", "for loss in 3 2 1; do echo loss=$loss; done"]
        metrics = [{"Name": "train:loss", "Regex": "loss=([0-9.]+)"}]
        estimator = Estimator(
            HOST_IMAGE, container_entry_point=command, metric_definitions=metrics, **self.options(role=ROLE)
        )
        estimator.fit(logs=False)
        frame = TrainingJobAnalytics(
            estimator.latest_training_job.name, sagemaker_session=self.session
        ).dataframe()
        self.assertEqual(list(frame["metric_name"].unique()), ["train:loss"])
        self.assertTrue(((frame["value"] >= 1) & (frame["value"] <= 3)).all())

    def test_warm_pool(self):
        command = ["/bin/sh", "-c", "ls /opt/ml/sagemaker/warmpoolcache; touch /opt/ml/sagemaker/warmpoolcache/been"]
        options = {"container_entry_point": command, "keep_alive_period_in_seconds": 600}
        first = Estimator(HOST_IMAGE, **options, **self.options(role=ROLE))
        first.fit(logs=False)
        self.until(lambda: self.describe(first).get("WarmPoolStatus", {}).get("Status") == "Available")
        second = Estimator(HOST_IMAGE, **options, **self.options(role=ROLE))
        self.assertIn("been", self.printed(lambda: second.fit(logs="All")))
        self.assertEqual(self.describe(first)["WarmPoolStatus"]["ReusedByJob"], second.latest_training_job.name)
        self.until(lambda: self.describe(second).get("WarmPoolStatus", {}).get("Status") == "Available")
        self.session.update_training_job(
            second.latest_training_job.name, resource_config={"KeepAlivePeriodInSeconds": 0}
        )
        self.until(lambda: self.describe(second)["WarmPoolStatus"]["Status"] == "Terminated")

    def test_heterogeneous_cluster(self):
        groups = [InstanceGroup("data", "ml.m5.large", 1), InstanceGroup("train", "ml.m5.xlarge", 1)]
        command = ["/bin/sh", "-c", "cat /opt/ml/input/config/resourceconfig.json"]
        options = self.options(role=ROLE)
        for given in ("instance_type", "instance_count"):
            del options[given]
        estimator = Estimator(HOST_IMAGE, container_entry_point=command, instance_groups=groups, **options)
        printed = self.printed(lambda: estimator.fit(logs="All"))
        for told in ('"current_group_name":"data"', '"current_group_name":"train"'):
            self.assertIn(told, printed.replace(" ", ""))

    def test_attach(self):
        estimator = self.script(hyperparameters={"epochs": 2})
        estimator.fit({"train": self.inputs}, wait=False)
        estimator.latest_training_job.wait(logs=False)
        attached = Estimator.attach(estimator.latest_training_job.name, sagemaker_session=self.session)
        self.assertEqual(attached.model_data, estimator.model_data)
        self.assertEqual(attached.hyperparameters()["epochs"], "2")
        self.assertEqual(attached.instance_type, "ml.m5.large")

    def test_stop(self):
        estimator = self.script(hyperparameters={"wait": ""})
        estimator.fit({"train": self.inputs}, wait=False)
        self.until(lambda: self.describe(estimator)["SecondaryStatus"] == "Training")
        estimator.latest_training_job.stop()
        estimator.latest_training_job.wait(logs=False)
        self.assertEqual(self.describe(estimator)["TrainingJobStatus"], "Stopped")

    def test_spot_with_checkpoints(self):
        checkpoints = f"s3://{BUCKET}/{self.unique('checkpoints')}/"
        spot = {"use_spot_instances": True, "max_run": 600, "max_wait": 1200, "checkpoint_s3_uri": checkpoints}
        estimator = self.script(**spot)
        self.printed(lambda: estimator.fit({"train": self.inputs}, logs="All"))
        self.assertEqual(self.keys(checkpoints), ["epoch-1"])
        self.assertTrue(self.describe(estimator)["EnableManagedSpotTraining"])

    def test_what_it_always_sends_is_honoured(self):
        estimator = self.script()
        estimator.fit({"train": self.inputs}, logs=False)
        job = self.describe(estimator)
        self.assertEqual(job["DebugHookConfig"]["CollectionConfigurations"], [])
        self.assertEqual(job["ProfilerConfig"]["DisableProfiler"], False)
        self.assertEqual(job["ProfilingStatus"], "Enabled")
        debugger = estimator.latest_job_debugger_artifacts_path()
        self.assertEqual(self.keys(f"{debugger}/"), ["claim.smd", "training_job_end.ts"])
        self.assertIn("system/training_job_end.ts", self.keys(f"{estimator.latest_job_profiler_artifacts_path()}/"))

    def test_debugger_hook(self):
        hook = DebuggerHookConfig(
            s3_output_path=f"s3://{BUCKET}/sdk2/tensors",
            hook_parameters={"save_interval": "2"},
            collection_configs=[CollectionConfig(name="losses")],
        )
        estimator = self.script(debugger_hook_config=hook, disable_profiler=True)
        estimator.fit({"train": self.inputs}, logs=False)
        job = self.describe(estimator)
        self.assertEqual(job["DebugHookConfig"]["HookParameters"], {"save_interval": "2"})
        self.assertEqual(job["ProfilingStatus"], "Disabled")

    def test_profiler_of_a_running_job(self):
        estimator = self.script(disable_profiler=True, hyperparameters={"wait": ""})
        estimator.fit({"train": self.inputs}, wait=False)
        self.until(lambda: self.describe(estimator)["SecondaryStatus"] == "Training")
        self.assertEqual(self.describe(estimator)["ProfilingStatus"], "Disabled")
        estimator.enable_default_profiling()
        job = self.describe(estimator)
        self.assertEqual(job["ProfilingStatus"], "Enabled")
        self.assertEqual(job["ProfilerConfig"]["S3OutputPath"], estimator.output_path)
        self.assertEqual(job["ProfilerConfig"]["ProfilingIntervalInMilliseconds"], 500)
        with self.assertRaisesRegex(ValueError, "already enabled"):
            estimator.enable_default_profiling()
        estimator.update_profiler(system_monitor_interval_millis=100)
        self.assertEqual(self.describe(estimator)["ProfilerConfig"]["ProfilingIntervalInMilliseconds"], 100)
        framework = FrameworkProfile(start_step=1, num_steps=2)
        estimator.update_profiler(framework_profile_params=framework)
        parameters = self.describe(estimator)["ProfilerConfig"]["ProfilingParameters"]
        self.assertEqual(parameters, framework.profiling_parameters)
        estimator.update_profiler(disable_framework_metrics=True)
        self.assertEqual(self.describe(estimator)["ProfilerConfig"]["ProfilingParameters"], {})
        with self.assertRaisesRegex(ClientError, "ProfilerRuleConfigurations can't be honoured"):
            estimator.update_profiler(rules=[ProfilerRule.sagemaker(rule_configs.CPUBottleneck())])
        estimator.disable_profiling()
        self.assertEqual(self.describe(estimator)["ProfilingStatus"], "Disabled")
        estimator.enable_default_profiling()
        self.assertEqual(self.describe(estimator)["ProfilingStatus"], "Enabled")
        estimator.latest_training_job.stop()
        estimator.latest_training_job.wait(logs=False)
        self.assertIn("system/training_job_end.ts", self.keys(f"{estimator.latest_job_profiler_artifacts_path()}/"))

    def until(self, fact):
        deadline = time.monotonic() + WITHIN_SECONDS
        while not fact():
            self.assertLess(time.monotonic(), deadline, "it took too long")
            time.sleep(0.2)

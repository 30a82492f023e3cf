"""A running job's profiler is switched on, changed and switched off by UpdateTrainingJob (training contract §9.4)."""

import json
import time

import cases
from client import ServiceFailure
from job_case import WITHIN_SECONDS, JobCase


class ProfilerCase(JobCase):
    def test_profiler_of_a_running_job(self):
        job = self.create("profiled", "profiler")
        self.wait_for_line(job, "waiting")
        self.assertEqual(self.describe(job)["ProfilingStatus"], "Disabled")
        place = f"s3://{cases.BUCKET}/{cases.unique(self.client, 'profile')}"
        with self.assertRaises(ServiceFailure) as refused:
            self.update(job, ProfilingIntervalInMilliseconds=100)
        self.assertIn("ProfilerConfig.S3OutputPath must be specified", refused.exception.message)
        self.update(job, S3OutputPath=place, ProfilingIntervalInMilliseconds=1000)
        described = {"S3OutputPath": place, "ProfilingIntervalInMilliseconds": 1000, "DisableProfiler": False}
        self.assertEqual(self.describe(job)["ProfilerConfig"], described)
        self.assertEqual(self.describe(job)["ProfilingStatus"], "Enabled")
        told = described | {"S3OutputPath": f"{place}/{job}/profiler-output"}
        self.wait_until_told(job, told)
        for interval in (500, 200, 100):
            self.update(job, ProfilingIntervalInMilliseconds=interval)
        self.wait_until_told(job, told | {"ProfilingIntervalInMilliseconds": 100})
        with self.assertRaises(ServiceFailure) as refused:
            self.update(job, S3OutputPath=f"{place}/elsewhere")
        self.assertIn("S3OutputPath can't be changed", refused.exception.message)
        self.update(job, DisableProfiler=True)
        self.wait_until_told(job, {"DisableProfiler": True})
        self.assertEqual(self.describe(job)["ProfilingStatus"], "Disabled")
        self.client.call("sagemaker", "StopTrainingJob", {"TrainingJobName": job})
        self.client.wait_for_end(job)
        with self.assertRaises(ServiceFailure) as refused:
            self.update(job, DisableProfiler=False)
        self.assertIn("is Training: it is Stopped.", refused.exception.message)
        self.check_profile(place, job)

    def update(self, job, **profiler):
        self.client.call("sagemaker", "UpdateTrainingJob", {"TrainingJobName": job, "ProfilerConfig": profiler})

    def wait_until_told(self, job, config):
        """Until the algorithm has read it from its profilerconfig.json."""
        deadline = time.monotonic() + WITHIN_SECONDS
        while config not in [json.loads(line) for line in self.log_lines(job) if line.startswith("{")]:
            if time.monotonic() > deadline:
                raise AssertionError(f"{job} was not told of {config}: {self.log_lines(job)}")
            time.sleep(0.1)

    def check_profile(self, place, job):
        prefix = f"{place.removeprefix(f's3://{cases.BUCKET}/')}/{job}/profiler-output/"
        listed = self.client.call("s3", "ListObjectsV2", {"Bucket": cases.BUCKET, "Prefix": prefix})
        keys = [item["Key"].removeprefix(prefix) for item in listed["Contents"]]
        self.assertIn("system/training_job_end.ts", keys)
        self.assertTrue([key for key in keys if key.startswith("system/incremental/")], keys)

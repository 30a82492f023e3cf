"""Jobs of several instances: what each host sees, and what becomes of what they leave."""

import json
import tempfile
from pathlib import Path

import cases
from client import ServiceFailure
from job_case import JobCase

PARTS = ["a", "b", "c", "d", "e"]


class ClusterCase(JobCase):
    @classmethod
    def setUpClass(cls):
        cls.data = cls.parts()

    @classmethod
    def parts(cls):
        prefix = cases.unique(cls.client, "parts")
        with tempfile.TemporaryDirectory() as folder:
            for name in PARTS:
                path = Path(folder) / name
                path.write_text(name)
                cls.client.upload(path, cases.BUCKET, f"{prefix}/{name}")
        return prefix

    def told(self, job, host):
        """What a host printed: its resourceconfig.json, the files of its channel, the rest."""
        config, train, *rest = self.log_lines(job, host=host)
        return json.loads(config), train.split(", "), rest

    def test_two_instances(self):
        job = self.create("cluster", "two", data=self.data)
        self.client.wait_for_end(job)
        first, second = (self.told(job, host) for host in ("algo-1", "algo-2"))
        self.assertEqual([first[0]["current_host"], second[0]["current_host"]], ["algo-1", "algo-2"])
        for config, _, _ in (first, second):
            self.assertEqual(config["hosts"], ["algo-1", "algo-2"])
        # training contract §2.4
        self.assertEqual([first[1], second[1]], [["a", "c", "e"], ["b", "d"]])
        # training contract §3.1
        files = self.archive(job, "model.tar.gz")
        self.assertEqual(sorted(files), ["algo-1", "algo-2", "both", *(f"parts/{name}" for name in PARTS)])
        self.assertEqual(files["both"], b"algo-1\n")
        description = self.describe(job)
        self.assertEqual(description["BillableTimeInSeconds"], description["TrainingTimeInSeconds"])

    def test_heterogeneous(self):
        resources = {
            "InstanceGroups": [
                {"InstanceGroupName": "data", "InstanceType": "ml.c5.xlarge", "InstanceCount": 1},
                {"InstanceGroupName": "train", "InstanceType": "ml.m5.large", "InstanceCount": 1},
            ],
            "VolumeSizeInGB": 1,
        }
        change = {
            "ResourceConfig": resources,
            "InputDataConfig.0.DataSource.S3DataSource.InstanceGroupNames": ["data", "train"],
        }
        job = self.create("cluster", "groups", change, data=self.data)
        self.client.wait_for_end(job)
        for host, group in (("algo-1", "data"), ("algo-2", "train")):
            config, _, _ = self.told(job, host)
            self.assertEqual(config["current_group_name"], group)
            self.assertEqual([each["hosts"] for each in config["instance_groups"]], [["algo-1"], ["algo-2"]])
        self.assertEqual(self.describe(job)["ResourceConfig"], resources)

    def test_what_never_fits_is_refused(self):
        with self.assertRaises(ServiceFailure) as refused:
            self.create("cluster", "wide", {"ResourceConfig.InstanceCount": 1000}, data=self.data)
        self.assertEqual(refused.exception.code, "ResourceLimitExceeded")

"""A job on real data, from the upload to the opened model."""

import csv
import json
import math
import re

import cases
from job_case import LOG_GROUP, JobCase

EPOCHS = 5


class TrainingCase(JobCase):
    # Members of which the client's own model does not know all: it shows a part.
    shown_in_part = ()

    @classmethod
    def setUpClass(cls):
        cls.data = cls.example()
        cls.job = cls.create("training", "Training", data=cls.data)
        cls.client.wait_for_end(cls.job)
        cls.description = cls.describe(cls.job)
        cls.lines = cls.log_lines(cls.job, page_size=4)

    def test_describe_tells_every_fact(self):
        expected = cases.load("described", job=self.job, data=self.data)
        # The ARN carries the name in lower case (training contract §0).
        expected["included"]["TrainingJobArn"] = expected["included"]["TrainingJobArn"].lower()
        for member, value in expected["included"].items():
            if member in self.shown_in_part:
                continue
            with self.subTest(member):
                self.assertIn(member, self.description)
                self.assertTrue(cases.includes(self.description[member], value), self.description[member])
        for member in expected["absent"]:
            with self.subTest(member):
                self.assertNotIn(member, self.description)

    def test_statuses_follow_each_other_without_a_gap(self):
        expected = cases.load("described")["statuses"]
        # Pending is passed through where the machine is busy.
        transitions = [t for t in self.description["SecondaryStatusTransitions"] if t["Status"] != "Pending"]
        self.assertTrue(cases.includes(transitions, expected), transitions)
        transitions = self.description["SecondaryStatusTransitions"]
        for before, after in zip(transitions, transitions[1:]):
            self.assertEqual(before["EndTime"], after["StartTime"])
        self.assertEqual(transitions[-1]["StartTime"], transitions[-1]["EndTime"])

    def test_times_and_billing_agree(self):
        job = self.description
        times = [job[name] for name in ("CreationTime", "TrainingStartTime", "TrainingEndTime", "LastModifiedTime")]
        self.assertEqual(times, sorted(times))
        measured = (job["TrainingEndTime"] - job["TrainingStartTime"]).total_seconds()
        self.assertLessEqual(abs(job["TrainingTimeInSeconds"] - measured), 1)
        self.assertEqual(job["BillableTimeInSeconds"], job["TrainingTimeInSeconds"])

    def test_log_is_complete_and_in_order(self):
        self.assertRegex(self.log_stream(self.job), rf"^{self.job}/algo-1-\d{{10}}$")
        self.assertEqual(self.lines[0], "rows: train=285 validation=142 features=30")
        epochs = [re.match(r"epoch=(\d+) ", line).group(1) for line in self.lines[1:]]
        self.assertEqual(epochs, [str(epoch) for epoch in range(1, EPOCHS + 1)])

    def test_log_is_found_by_filtering(self):
        request = {"logGroupName": LOG_GROUP, "logStreamNamePrefix": f"{self.job}/"}
        events = self.client.call("logs", "FilterLogEvents", request)["events"]
        self.assertEqual([event["message"] for event in events], self.lines)

    def test_final_metrics_are_the_last_printed(self):
        printed = re.search(r"train_loss=(\S+) validation_accuracy=(\S+)", self.lines[-1])
        metrics = {metric["MetricName"]: metric["Value"] for metric in self.description["FinalMetricDataList"]}
        self.assertEqual(len(self.description["FinalMetricDataList"]), 2)
        self.assertAlmostEqual(metrics["train:loss"], float(printed[1]), places=5)
        self.assertAlmostEqual(metrics["validation:accuracy"], float(printed[2]), places=5)

    def test_model_is_better_than_guessing(self):
        files = self.archive(self.job, "model.tar.gz")
        self.assertEqual(list(files), ["model.json"])
        model = json.loads(files["model.json"])
        with (cases.EXAMPLE / "data/test/test.csv").open(newline="") as text:
            rows = list(csv.DictReader(text))
        right = sum(predict(model, row) == (row["benign"] == "1") for row in rows)
        benign = sum(row["benign"] == "1" for row in rows)
        self.assertGreater(right, max(benign, len(rows) - benign))


def predict(model, row):
    terms = zip(model["features"], model["means"], model["deviations"], model["weights"])
    return model["bias"] + math.fsum(w * (float(row[f]) - m) / d for f, m, d, w in terms) >= 0

"""Metrics of jobs and instances: CloudWatch, and SageMaker Metrics."""

import time
from datetime import datetime, timedelta, timezone

from client import ServiceFailure
from job_case import WITHIN_SECONDS, JobCase

NAMESPACE = "/aws/sagemaker/TrainingJobs"
INSTANCE_METRICS = {"CPUUtilization", "MemoryUtilization", "DiskUtilization"}


class MetricsCase(JobCase):
    """Two jobs run at the same time: one computes without a pause, one waits."""

    @classmethod
    def setUpClass(cls):
        cls.since = datetime.now(timezone.utc) - timedelta(minutes=2)
        cls.busy = cls.create("measured", "busy")
        cls.idle = cls.create("measured", "idle", {"Environment.KIND": "idle"})
        try:
            for job in (cls.busy, cls.idle):
                cls.wait_for_cpu(job)
        finally:
            for job in (cls.busy, cls.idle):
                cls.client.call("sagemaker", "StopTrainingJob", {"TrainingJobName": job})
            for job in (cls.busy, cls.idle):
                cls.client.wait_for_end(job)

    @classmethod
    def wait_for_cpu(cls, job):
        deadline = time.monotonic() + WITHIN_SECONDS
        while not cls.of_instance(job, "CPUUtilization"):
            if time.monotonic() > deadline:
                raise AssertionError(f"{job} has no CPUUtilization: {cls.describe(job)}")
            time.sleep(0.5)

    @classmethod
    def statistics(cls, metric, dimension, value, **more):
        request = {
            "Namespace": NAMESPACE,
            "MetricName": metric,
            "Dimensions": [{"Name": dimension, "Value": value}],
            "StartTime": cls.since,
            "EndTime": datetime.now(timezone.utc) + timedelta(minutes=1),
            "Period": 3600,
            "Statistics": ["Minimum", "Average", "Maximum", "Sum", "SampleCount"],
        }
        given = {name: value for name, value in (request | more).items() if value is not None}
        return cls.client.call("cloudwatch", "GetMetricStatistics", given)["Datapoints"]

    @classmethod
    def of_instance(cls, job, metric, **more):
        return cls.statistics(metric, "Host", f"{job}/algo-1", **more)

    def test_what_the_algorithm_printed(self):
        (point,) = self.statistics("loss", "TrainingJobName", self.busy)
        self.assertEqual(
            {name: point[name] for name in ("Minimum", "Average", "Maximum", "Sum", "SampleCount", "Unit")},
            {"Minimum": 0.25, "Average": 0.375, "Maximum": 0.5, "Sum": 0.75, "SampleCount": 2, "Unit": "None"},
        )

    def test_what_the_instances_used(self):
        (busy,), (idle,) = (self.of_instance(job, "CPUUtilization") for job in (self.busy, self.idle))
        self.assertEqual(busy["Unit"], "Percent")
        # ml.m5.large has two cores.
        self.assertTrue(0 < busy["Maximum"] <= 200, busy)
        self.assertGreater(busy["Maximum"], idle["Maximum"])
        for metric in ("MemoryUtilization", "DiskUtilization"):
            (point,) = self.of_instance(self.busy, metric)
            self.assertTrue(0 < point["Minimum"] <= point["Maximum"] <= 100, point)

    def test_percentiles(self):
        (point,) = self.of_instance(self.busy, "CPUUtilization", Statistics=None, ExtendedStatistics=["p0", "p90"])
        self.assertLessEqual(point["ExtendedStatistics"]["p0"], point["ExtendedStatistics"]["p90"])

    def test_metric_data_in_pages(self):
        def stat(id, name):
            metric = {
                "Namespace": NAMESPACE,
                "MetricName": "loss",
                "Dimensions": [{"Name": "TrainingJobName", "Value": self.busy}],
            }
            return {"Id": id, "MetricStat": {"Metric": metric, "Period": 3600, "Stat": name}}

        queries = [stat("m1", "Maximum"), stat("m2", "Minimum"), {"Id": "e1", "Expression": "m1 / m2"}]
        request = {
            "MetricDataQueries": queries,
            "StartTime": self.since,
            "EndTime": datetime.now(timezone.utc) + timedelta(minutes=1),
            "MaxDatapoints": 2,
        }
        first = self.client.call("cloudwatch", "GetMetricData", request)
        second = self.client.call("cloudwatch", "GetMetricData", request | {"NextToken": first["NextToken"]})
        self.assertNotIn("NextToken", second)
        results = first["MetricDataResults"] + second["MetricDataResults"]
        self.assertEqual([(result["Id"], result["Values"]) for result in results], [("m1", [0.5]), ("m2", [0.25]), ("e1", [2.0])])

    def test_metrics_are_listed(self):
        def names(dimension, value):
            request = {"Namespace": NAMESPACE, "Dimensions": [{"Name": dimension, "Value": value}]}
            metrics = self.client.call("cloudwatch", "ListMetrics", request)["Metrics"]
            return {metric["MetricName"] for metric in metrics}

        self.assertEqual(names("TrainingJobName", self.busy), {"loss"})
        self.assertEqual(names("Host", f"{self.busy}/algo-1"), INSTANCE_METRICS)

    def test_errors_of_cloudwatch(self):
        for change, code in (
            ({"Period": 7}, "InvalidParameterValue"),
            ({"Period": 60, "StartTime": self.since - timedelta(days=2)}, "InvalidParameterCombination"),
            ({"ExtendedStatistics": ["p90"]}, "InvalidParameterCombination"),
            ({"Statistics": None}, "MissingParameter"),
            ({"Statistics": ["Median"]}, "ValidationError"),
        ):
            with self.subTest(code), self.assertRaises(ServiceFailure) as raised:
                self.statistics("loss", "TrainingJobName", self.busy, **change)
            self.assertEqual(raised.exception.code, code)

    def series(self, metric, stat="Avg"):
        query = {
            "MetricName": metric,
            "ResourceArn": self.describe(self.busy)["TrainingJobArn"],
            "MetricStat": stat,
            "Period": "IterationNumber",
            "XAxisType": "IterationNumber",
        }
        (result,) = self.client.call("sagemaker-metrics", "BatchGetMetrics", {"MetricQueries": [query]})["MetricQueryResults"]
        self.assertEqual(result["Status"], "Complete")
        return list(zip(result["XAxisValues"], result["MetricValues"]))

    def test_what_the_algorithm_wrote_is_a_time_series(self):
        self.assertEqual(self.series("acc"), [(1, 0.1), (2, 0.2)])

    def test_metrics_are_put_and_got(self):
        now = datetime.now(timezone.utc)
        metrics = [
            {"MetricName": "put", "Timestamp": now, "Step": step, "Value": value}
            for step, value in ((0, 1.5), (1, 2.5), (1, 3.5))
        ]
        # Values of one time and step are one: the last told.
        metrics[1]["Timestamp"] -= timedelta(seconds=1)
        late = {"MetricName": "put", "Timestamp": now - timedelta(days=30), "Step": 9, "Value": 9.5}
        request = {"TrialComponentName": f"{self.busy.lower()}-aws-training-job", "MetricData": [*metrics, late]}
        answer = self.client.call("sagemaker-metrics", "BatchPutMetrics", request)
        self.assertEqual(answer["Errors"], [{"Code": "VALIDATION_ERROR", "MetricIndex": 3}])
        self.assertEqual(self.series("put"), [(0, 1.5), (1, 3.0)])
        self.assertEqual(self.series("put", "Last"), [(0, 1.5), (1, 3.5)])

    def test_trial_components_of_others_are_refused(self):
        request = {
            "TrialComponentName": "nobody",
            "MetricData": [{"MetricName": "m", "Timestamp": datetime.now(timezone.utc), "Value": 1.5}],
        }
        with self.assertRaises(ServiceFailure) as raised:
            self.client.call("sagemaker-metrics", "BatchPutMetrics", request)
        self.assertEqual(raised.exception.code, "ResourceNotFoundException")

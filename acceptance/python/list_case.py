"""ListTrainingJobs: pages, order, filters; tags; deletion."""

import time
from datetime import timedelta

import cases
from client import ServiceFailure
from job_case import WITHIN_SECONDS, JobCase

COUNT = 5


class ListCase(JobCase):
    @classmethod
    def setUpClass(cls):
        """Five jobs in a row, whose names sort against the order of their creation. The last one fails."""
        cls.prefix = cases.unique(cls.client, "list")
        cls.jobs = [f"{cls.prefix}-{letter}" for letter in "edcba"]
        for name in cls.jobs:
            request = cases.request("minimal", job=name)
            if name == cls.jobs[-1]:
                request["AlgorithmSpecification"]["ContainerArguments"] = ["exit 1"]
            cls.client.call("sagemaker", "CreateTrainingJob", request)
        deadline = time.monotonic() + WITHIN_SECONDS
        while left := cls.list(StatusEquals="InProgress"):
            if time.monotonic() > deadline:
                raise AssertionError(f"still in progress: {left}")
            time.sleep(0.2)

    @classmethod
    def list(cls, **request):
        answer = cls.client.call("sagemaker", "ListTrainingJobs", {"NameContains": cls.prefix, **request})
        return [summary["TrainingJobName"] for summary in answer["TrainingJobSummaries"]]

    def test_pages_by_token(self):
        request = {"NameContains": self.prefix, "MaxResults": 2, "SortBy": "CreationTime", "SortOrder": "Ascending"}
        pages, token = [], None
        while token is not None or not pages:
            answer = self.client.call("sagemaker", "ListTrainingJobs", request | ({"NextToken": token} if token else {}))
            pages.append([summary["TrainingJobName"] for summary in answer["TrainingJobSummaries"]])
            token = answer.get("NextToken")
        self.assertEqual(sum(pages, []), self.jobs)
        self.assertTrue(all(len(page) <= 2 for page in pages), pages)

    def test_the_client_s_own_paginator_finds_each_once(self):
        summaries = self.client.pages(
            "sagemaker", "ListTrainingJobs", {"NameContains": self.prefix}, 2, "TrainingJobSummaries"
        )
        self.assertEqual(sorted(summary["TrainingJobName"] for summary in summaries), sorted(self.jobs))

    def test_search(self):
        """By the client's own paginator, with a filter of each kind."""
        ours = {"Name": "TrainingJobName", "Operator": "Contains", "Value": self.prefix}
        failed = {"Name": "TrainingJobStatus", "Operator": "Equals", "Value": "Failed"}
        for expression, expected in (
            ({"Filters": [ours]}, self.jobs),
            ({"Filters": [ours, failed]}, self.jobs[-1:]),
            ({"Filters": [ours, {"Name": "FailureReason", "Operator": "NotExists"}]}, self.jobs[:-1]),
            ({"Filters": [ours], "SubExpressions": [{"Filters": [failed]}]}, self.jobs[-1:]),
        ):
            request = {
                "Resource": "TrainingJob",
                "SearchExpression": expression,
                "SortBy": "CreationTime",
                "SortOrder": "Ascending",
            }
            found = self.client.pages("sagemaker", "Search", request, 2, "Results")
            self.assertEqual([result["TrainingJob"]["TrainingJobName"] for result in found], expected)

    def test_search_of_an_unknown_property(self):
        request = {"Resource": "TrainingJob", "SearchExpression": {"Filters": [{"Name": "Colour", "Value": "red"}]}}
        with self.assertRaises(ServiceFailure) as raised:
            self.client.call("sagemaker", "Search", request)
        self.assertEqual(raised.exception.message, "Unknown property name: Colour")

    def test_search_suggestions(self):
        query = {"PropertyNameQuery": {"PropertyNameHint": "TrainingJobSt"}}
        request = {"Resource": "TrainingJob", "SuggestionQuery": query}
        answer = self.client.call("sagemaker", "GetSearchSuggestions", request)
        self.assertEqual(answer["PropertyNameSuggestions"], [{"PropertyName": "TrainingJobStatus"}])

    def test_order(self):
        self.assertEqual(self.list(SortBy="CreationTime", SortOrder="Descending"), self.jobs[::-1])
        self.assertEqual(self.list(SortBy="Name", SortOrder="Ascending"), sorted(self.jobs))
        self.assertEqual(self.list(SortBy="Name", SortOrder="Descending"), sorted(self.jobs, reverse=True))
        by_status = self.list(SortBy="Status", SortOrder="Ascending")
        self.assertEqual((by_status[-1], sorted(by_status)), (self.jobs[-1], sorted(self.jobs)))

    def test_filters(self):
        self.assertEqual(self.list(StatusEquals="Failed"), [self.jobs[-1]])
        self.assertEqual(sorted(self.list(StatusEquals="Completed")), sorted(self.jobs[:-1]))
        self.assertEqual(self.list(NameContains=f"{self.prefix}-c"), [f"{self.prefix}-c"])
        times = [self.describe(name)["CreationTime"] for name in (self.jobs[0], self.jobs[-1])]
        before, after = times[0] - timedelta(seconds=1), times[1] + timedelta(seconds=1)
        for member in ("CreationTime", "LastModifiedTime"):
            late = after if member == "CreationTime" else after + timedelta(minutes=10)
            with self.subTest(member):
                self.assertEqual(len(self.list(**{f"{member}After": before, f"{member}Before": late})), COUNT)
                self.assertEqual(self.list(**{f"{member}Before": before}), [])
                self.assertEqual(self.list(**{f"{member}After": late}), [])

    def test_summary_agrees_with_description(self):
        answer = self.client.call("sagemaker", "ListTrainingJobs", {"NameContains": self.jobs[0]})
        (summary,) = answer["TrainingJobSummaries"]
        description = self.describe(self.jobs[0])
        for member in ("TrainingJobName", "TrainingJobArn", "CreationTime", "TrainingEndTime", "LastModifiedTime",
                       "TrainingJobStatus", "SecondaryStatus"):
            self.assertEqual(summary[member], description[member], member)


class TagsCase(JobCase):
    def test_tags(self):
        tags = [{"Key": "project", "Value": "acceptance"}, {"Key": "stage", "Value": "first"}]
        job = self.create("minimal", "tags", {"Tags": tags})
        arn = self.describe(job)["TrainingJobArn"]
        self.assertEqual(self.tags(arn), {"project": "acceptance", "stage": "first"})

        added = [{"Key": "stage", "Value": "second"}, {"Key": "owner", "Value": ""}]
        self.client.call("sagemaker", "AddTags", {"ResourceArn": arn, "Tags": added})
        self.assertEqual(self.tags(arn), {"project": "acceptance", "stage": "second", "owner": ""})

        self.client.call("sagemaker", "DeleteTags", {"ResourceArn": arn, "TagKeys": ["project", "owner", "none"]})
        self.assertEqual(self.tags(arn), {"stage": "second"})
        self.client.wait_for_end(job)

    def tags(self, arn):
        tags = self.client.call("sagemaker", "ListTags", {"ResourceArn": arn})["Tags"]
        return {tag["Key"]: tag["Value"] for tag in tags}


class DeleteCase(JobCase):
    def test_only_an_ended_job_can_be_deleted_and_its_name_is_free_again(self):
        job = self.create("stoppable", "delete")
        with self.assertRaises(ServiceFailure) as raised:
            self.client.call("sagemaker", "DeleteTrainingJob", {"TrainingJobName": job})
        self.assertEqual(raised.exception.code, "ResourceInUse")
        # Until then its shell does not catch SIGTERM.
        self.wait_for_line(job, "waiting")
        self.client.call("sagemaker", "StopTrainingJob", {"TrainingJobName": job})
        self.client.wait_for_end(job)

        self.client.call("sagemaker", "DeleteTrainingJob", {"TrainingJobName": job})
        with self.assertRaises(ServiceFailure) as raised:
            self.describe(job)
        self.assertEqual(raised.exception.message, "Requested resource not found.")

        self.client.call("sagemaker", "CreateTrainingJob", cases.request("minimal", job=job))
        self.client.wait_for_end(job)
        self.assertEqual(self.describe(job)["TrainingJobStatus"], "Completed")

"""Jobs that fail, each with its reason (acceptance/cases/failures.json)."""

import cases
from client import WaiterFailure
from job_case import JobCase


class FailureCase(JobCase):
    def test_failed_jobs_say_why(self):
        data = self.example()
        failures = cases.load("failures")
        jobs = [self.create(case.get("request", "minimal"), "fail", case["set"], data=data) for case in failures]
        for case, job in zip(failures, jobs):
            with self.subTest(case["name"]):
                with self.assertRaises(WaiterFailure):
                    self.client.wait_for_end(job)
                description = self.describe(job)
                self.assertEqual(description["TrainingJobStatus"], "Failed")
                self.assertEqual(self.statuses(description)[-1], "Failed")
                self.check_reason(case, description["FailureReason"])

    def check_reason(self, case, reason):
        if "reason" in case:
            self.assertEqual(reason, case["reason"])
            return
        self.assertTrue(reason.startswith(case["startsWith"]), reason)
        self.assertTrue(reason.endswith(case["endsWith"]), reason)
        for words in case["mentions"]:
            self.assertIn(words, reason)

"""Requests that must be refused, compared to the exact message (acceptance/cases/bad-inputs.json)."""

import cases
from client import ServiceFailure
from job_case import JobCase


class BadInputCase(JobCase):
    maxDiff = None
    # Names of cases with members that are not in the client's own model: it would not send them.
    not_sent = ()

    @classmethod
    def setUpClass(cls):
        cls.data = cls.example()
        cls.finished = cls.create("minimal", "finished")
        cls.client.wait_for_end(cls.finished)

    def test_bad_input_is_refused_in_the_service_s_words(self):
        prefix = cases.unique(self.client, "bad")
        for number, case in enumerate(cases.load("bad-inputs", job=prefix, finished=self.finished)):
            if case["name"] in self.not_sent:
                continue
            with self.subTest(case["name"]):
                # A name each, so that one that is wrongly accepted does not refuse the others.
                job = f"{prefix}-{number}"
                with self.assertRaises(ServiceFailure) as raised:
                    self.client.call("sagemaker", case["operation"], self.request(case, job))
                self.check(case, raised.exception)
        listed = self.client.call("sagemaker", "ListTrainingJobs", {"NameContains": prefix})
        self.assertEqual(listed["TrainingJobSummaries"], [], "a refused request left a job")

    def request(self, case, job):
        if case["operation"] != "CreateTrainingJob":
            return case["set"]
        return cases.changed(cases.request(case.get("request", "minimal"), job=job, data=self.data), case)

    def check(self, case, failure):
        self.assertEqual(failure.code, case["code"])
        if "message" in case:
            self.assertEqual(failure.message, case["message"])
        for words in case.get("mentions", []):
            self.assertIn(words.lower(), failure.message.lower())

"""Jobs that don't end by themselves."""

from job_case import JobCase


class StopCase(JobCase):
    def test_stop_reaches_the_script_and_keeps_its_artifacts(self):
        job = self.create("stoppable", "stop")
        self.wait_for_line(job, "waiting")
        self.client.call("sagemaker", "StopTrainingJob", {"TrainingJobName": job})
        # Stopped is a success to the waiter.
        self.client.wait_for_end(job)
        self.check(job, "Stopped")

    def test_time_limit_ends_the_job_the_same_way(self):
        job = self.create("stoppable", "limit", {"StoppingCondition.MaxRuntimeInSeconds": 2})
        self.client.wait_for_end(job)
        self.check(job, "MaxRuntimeExceeded")

    def check(self, job, secondary_status):
        description = self.describe(job)
        self.assertEqual(description["TrainingJobStatus"], "Stopped")
        self.assertEqual(description["SecondaryStatus"], secondary_status)
        self.assertEqual(
            self.statuses(description)[-4:], ["Training", "Stopping", "Uploading", secondary_status]
        )
        self.assertNotIn("FailureReason", description)
        self.assertEqual(self.log_lines(job), ["waiting", "caught SIGTERM"])
        self.assertEqual(self.archive(job, "model.tar.gz"), {"state": b"kept\n"})
        self.assertEqual(self.archive(job, "output.tar.gz"), {"note": b"kept\n"})

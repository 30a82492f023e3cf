"""The notebooks of examples/notebooks, run to their ends as they are, and what came of it."""

import ast
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import boto3
import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[2] / "examples" / "notebooks"
CELL_WITHIN_SECONDS = 1200
# Where jobs find their Python.
PATH_OF_JOBS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def has_torch():
    python = shutil.which("python3", path=PATH_OF_JOBS)
    return python is not None and subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0


class Executed:
    """What the cells of a notebook gave."""

    def __init__(self, path):
        notebook = nbformat.read(path, as_version=4)
        place = {"metadata": {"path": str(path.parent)}}
        NotebookClient(notebook, timeout=CELL_WITHIN_SECONDS, resources=place).execute()
        self.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]

    @property
    def printed(self):
        outputs = [output for cell in self.cells for output in cell.outputs if output.output_type == "stream"]
        return "".join(output.text for output in outputs if output.name == "stdout")

    def value(self, source):
        """The value of the cell that has this in its source, as text."""
        [cell] = [cell for cell in self.cells if source in cell.source]
        return cell.outputs[-1].data["text/plain"]

    @property
    def last_value(self):
        return ast.literal_eval(self.cells[-1].outputs[-1].data["text/plain"])


class TestNotebooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="trainyard-notebooks-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        # What notebooks and their kernels write.
        ours = {"TMPDIR": cls.folder, "IPYTHONDIR": cls.folder, "JUPYTER_RUNTIME_DIR": cls.folder}
        environment = unittest.mock.patch.dict(os.environ, ours)
        environment.start()
        cls.addClassCleanup(environment.stop)
        cls.sagemaker = boto3.client("sagemaker")

    def jobs(self, name):
        listed = self.sagemaker.list_training_jobs(NameContains=name, SortBy="CreationTime", SortOrder="Ascending")
        names = [job["TrainingJobName"] for job in listed["TrainingJobSummaries"]]
        return [self.sagemaker.describe_training_job(TrainingJobName=name) for name in names]

    def test_none_has_outputs(self):
        paths = sorted(NOTEBOOKS.rglob("*.ipynb"))
        self.assertEqual([path.name for path in paths], ["digits.ipynb", "breast-cancer.ipynb"])
        for path in paths:
            notebook = nbformat.read(path, as_version=4)
            nbformat.validate(notebook)
            for cell in notebook.cells:
                self.assertFalse(cell.get("outputs") or cell.get("execution_count"), path)

    def test_xgboost(self):
        executed = Executed(NOTEBOOKS / "xgboost" / "breast-cancer.ipynb")
        self.assertEqual(executed.last_value["rounds"], 60)
        self.assertGreater(executed.last_value["accuracy"], 0.94)
        for done in (0, 20):
            self.assertIn(f"of which an earlier job has done {done}\x1b", executed.printed)
        frame = executed.value("TrainingJobAnalytics(")
        for metric in ("train:logloss", "validation:logloss", "validation:error"):
            self.assertIn(metric, frame)
        first, second = self.jobs("sagemaker-xgboost")
        for job in (first, second):
            self.assertEqual(job["TrainingJobStatus"], "Completed")
            self.assertTrue(job["EnableManagedSpotTraining"])
        self.assertEqual(first["CheckpointConfig"], second["CheckpointConfig"])
        self.assertNotEqual(first["ModelArtifacts"], second["ModelArtifacts"])
        losses = [
            metric["Value"]
            for job in (first, second)
            for metric in job["FinalMetricDataList"]
            if metric["MetricName"] == "train:logloss"
        ]
        self.assertLess(losses[1], losses[0])

    @unittest.skipUnless(os.environ.get("CI") == "true" or has_torch(), "python3-torch is not installed")
    def test_pytorch(self):
        executed = Executed(NOTEBOOKS / "pytorch" / "digits.ipynb")
        accuracy = executed.last_value["accuracy"]
        self.assertGreater(accuracy, 0.94)
        told = re.findall(r"test_accuracy=([0-9.]+)", executed.printed)
        self.assertEqual(len(told), 12)
        # The model that was brought here is the one that was trained: at most one image is on the edge.
        self.assertAlmostEqual(accuracy, float(told[-1]), delta=1.5 / executed.last_value["images"])
        for host in ("algo-1", "algo-2"):
            self.assertIn(f"{host} trains on 674 of 1348 images", executed.printed)
        frame = executed.value("TrainingJobAnalytics(")
        for metric in ("train:loss", "test:accuracy"):
            self.assertIn(metric, frame)
        [job] = self.jobs("pytorch-training")
        self.assertEqual((job["TrainingJobStatus"], job["ResourceConfig"]["InstanceCount"]), ("Completed", 2))

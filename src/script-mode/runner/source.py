"""Brings the script's source to /opt/ml/code."""

import os
import shutil
import tarfile
import tempfile

import s3
from job import JobError


def bring(job):
    """Only where the image or an earlier start has not put any there (training contract §7.1)."""
    os.makedirs(job.paths.code, exist_ok=True)
    if not os.listdir(job.paths.code) and job.source:
        if str(job.source).startswith("s3://"):
            _from_s3(str(job.source), job.paths.code)
        else:
            _from_path(str(job.source), job.paths.code)
    if not os.path.exists(os.path.join(job.paths.code, job.program)):
        raise JobError(
            "The training script %s is not in the source%s."
            % (job.program, " " + str(job.source) if job.source else " (sagemaker_submit_directory is not given)")
        )


def _from_s3(uri, folder):
    with tempfile.TemporaryDirectory() as scratch:
        archive = os.path.join(scratch, "source.tar.gz")
        s3.download(uri, archive)
        _unpack(archive, uri, folder)


def _from_path(path, folder):
    if os.path.isdir(path):
        shutil.copytree(path, folder, dirs_exist_ok=True)
    elif os.path.isfile(path) and tarfile.is_tarfile(path):
        _unpack(path, path, folder)
    elif os.path.isfile(path):
        shutil.copy2(path, folder)
    else:
        raise JobError("There is no source at %s (sagemaker_submit_directory)." % path)


def _unpack(archive, name, folder):
    try:
        with tarfile.open(archive) as tar:
            options = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            tar.extractall(folder, **options)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise JobError("The source %s could not be unpacked: %s" % (name, error)) from error

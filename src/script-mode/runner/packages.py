"""Installs what the source needs, before it runs."""

import os
import subprocess
import sys

from job import JobError


def install(job):
    """`setup.py` and `requirements.txt` in the source, as the toolkit does."""
    wanted = []
    if os.path.exists(os.path.join(job.paths.code, "setup.py")):
        wanted.append(["--upgrade", "."])
    if os.path.exists(os.path.join(job.paths.code, "requirements.txt")):
        wanted.append(["--requirement", "requirements.txt"])
    for options in wanted:
        _pip(job, options)


def _pip(job, options):
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *options]
    pip = subprocess.run(command, cwd=job.paths.code, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(pip.stdout, end="", flush=True)
    if pip.returncode == 0:
        return
    errors = [line for line in pip.stdout.splitlines() if "error" in line.lower()] or pip.stdout.splitlines()
    raise JobError(
        'InstallRequirementsError:\nExitCode %d\nErrorMessage "%s"\nCommand "%s"'
        % (pip.returncode, "\n".join(errors)[-600:], " ".join(command))
    )

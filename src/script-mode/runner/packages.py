"""Installs what the source needs, before it runs."""

import os
import subprocess
import sys
import sysconfig

from job import JobError


# What the platform has installed already of requirements.txt, for this job and others.
SHARED = "/opt/trainyard/packages"


def variables():
    """Where the script finds the shared packages. They win over the machine's, as what is installed for the job does."""
    if not os.path.isdir(SHARED):
        return {}
    path = [SHARED, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": ":".join(path), "PATH": "%s/bin:%s" % (SHARED, os.environ.get("PATH", ""))}


def install(job):
    """`setup.py` and `requirements.txt` in the source, as the toolkit does."""
    wanted = []
    if os.path.exists(os.path.join(job.paths.code, "setup.py")):
        wanted.append(["--upgrade", "."])
    if os.path.exists(os.path.join(job.paths.code, "requirements.txt")) and not os.path.isdir(SHARED):
        wanted.append(["--requirement", "requirements.txt"])
    for options in wanted:
        _pip(job, options)


NO_NETWORK = (
    "\nExtraInfo \"EnableNetworkIsolation leaves no network to install from. Run a job with the same requirements.txt and "
    "without isolation once: what it installs is kept for later jobs.\""
)


def _pip(job, options):
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *options]
    environment = dict(os.environ)
    # Without a network an index would only be waited for.
    if job.isolated:
        environment["PIP_NO_INDEX"] = "1"
    # Debian forbids pip to change its Python (PEP 668). Where that is for reading only, pip takes the job's own home instead.
    if not os.access(sysconfig.get_path("purelib"), os.W_OK):
        environment.setdefault("PIP_BREAK_SYSTEM_PACKAGES", "1")
    pip = subprocess.run(
        command, cwd=job.paths.code, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(pip.stdout, end="", flush=True)
    if pip.returncode == 0:
        return
    errors = [line for line in pip.stdout.splitlines() if "error" in line.lower()] or pip.stdout.splitlines()
    text = 'InstallRequirementsError:\nExitCode %d\nErrorMessage "%s"\nCommand "%s"'
    text = text % (pip.returncode, "\n".join(errors)[-400:], " ".join(command))
    raise JobError(text + (NO_NETWORK if job.isolated else ""))

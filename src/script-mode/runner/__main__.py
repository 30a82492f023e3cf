"""Runs a training script as SageMaker's training toolkit does (training contract §7.1): what an image with `script: true` starts."""

import os
import sys
import traceback

import command
import environment
import failure
import packages
import process
import source
from job import Job, JobError

# An error of the user's, whatever the script's own exit code was (training contract §1.6).
USER_ERROR = 1


def main(arguments):
    if arguments not in ([], ["train"]):
        # As the frameworks' images do with ContainerArguments.
        os.execvp(arguments[0], arguments)
    job = Job()
    try:
        return train(job)
    except JobError as error:
        failure.write(job.paths, str(error))
        print(error, file=sys.stderr, flush=True)
        return USER_ERROR
    except Exception as error:
        text = "Framework Error: \n" + traceback.format_exc()
        failure.write(job.paths, text)
        print(text, file=sys.stderr, flush=True)
        return getattr(error, "errno", None) or USER_ERROR


def train(job):
    job.read()
    source.bring(job)
    os.environ.update(packages.variables())
    packages.install(job)
    words = command.words(job)
    if job.log_level <= 20:
        print("Invoking script with the following command:\n\n" + command.shown(words) + "\n", flush=True)
    variables = {**os.environ, **environment.variables(job)}
    end = process.run(words, job.paths.code, variables, everyone=words[0] == command.SHELL)
    if end.stopped:
        return end.exit_code
    if end.code == 0:
        job.paths.touch("output", "success")
        return 0
    raise JobError(failure.of_script(end, command.shown(words)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs the unittest files of one folder and writes how many tests passed, failed and were skipped, and what
those that failed said.

Usage: run_suite.py FOLDER COUNTS.json. Exits with 1 when a test failed.
"""

import json
import sys
import unittest
from pathlib import Path


class CountingResult(unittest.TextTestResult):
    """A test with several failed sub-tests is one failed test."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.failed = set()
        self.broken_setups = 0

    def addFailure(self, test, err):
        self.failed.add(test.id())
        super().addFailure(test, err)

    def addError(self, test, err):
        if isinstance(test, unittest.TestCase):
            self.failed.add(test.id())
        else:
            # A class or module whose set-up broke: none of its tests ran, and it counts as one failure.
            self.broken_setups += 1
        super().addError(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.failed.add(test.id())
        super().addSubTest(test, subtest, err)

    def addUnexpectedSuccess(self, test):
        self.failed.add(test.id())
        super().addUnexpectedSuccess(test)


def main(folder, counts_file):
    tests = unittest.defaultTestLoader.discover(folder)
    result = unittest.TextTestRunner(verbosity=2, resultclass=CountingResult).run(tests)
    counts = {
        "passed": result.testsRun - len(result.failed) - len(result.skipped),
        "failed": len(result.failed) + result.broken_setups,
        "skipped": len(result.skipped),
        "failures": "\n".join(f"{test}\n{said}" for test, said in result.failures + result.errors),
    }
    Path(counts_file).write_text(json.dumps(counts))
    return 1 if counts["failed"] or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Asks the service where the job was told that it is, loses it, and asks until it is there again."""

import os
import time
import urllib.error
import urllib.request


def is_there():
    try:
        urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"], timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


host = os.environ["HOSTNAME"]
for wanted, word in [(True, "found"), (False, "lost"), (True, "found again")]:
    while is_there() is not wanted:
        time.sleep(0.02)
    print(host, word, flush=True)

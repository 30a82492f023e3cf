"""MPI over ssh on two hosts, as SageMaker's training toolkit starts it, with the keys that the job brings: OpenSSH's daemon runs as root
on each host, the first one starts mpirun when all can be reached, and the others end when it has come and gone."""

import json
import os
import shutil
import subprocess
import sys
import time

CODE = "/opt/ml/input/data/code"
SSH = "/root/.ssh"

with open("/opt/ml/input/config/resourceconfig.json") as file:
    config = json.load(file)
own, hosts, interface = config["current_host"], config["hosts"], config["network_interface_name"]


def keep_keys():
    """The user's key is the same on all hosts, as that of an image is; each host's own is its own."""
    os.mkdir(SSH, 0o700)
    for name, copy in [("mpi_key", "id_ed25519"), ("mpi_key.pub", "authorized_keys")]:
        shutil.copy(f"{CODE}/{name}", f"{SSH}/{copy}")
        os.chmod(f"{SSH}/{copy}", 0o600)
    with open(f"{SSH}/config", "w") as file:
        file.write("Host *\n  StrictHostKeyChecking no\n")
    subprocess.check_call(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/tmp/host_key"])


def start_daemon():
    # This machine's own keys are not shown to jobs; an image brings some, and needs no option.
    return subprocess.Popen(["/usr/sbin/sshd", "-D", "-o", "HostKey=/tmp/host_key"])


def can_connect(host):
    return subprocess.call(["ssh", "-q", "-o", "BatchMode=yes", host, "true"]) == 0


def has_orted():
    # Nobody waits for one that has ended: this program is process 1.
    return subprocess.call(["pgrep", "-x", "-r", "D,R,S", "orted"], stdout=subprocess.DEVNULL) == 0


keep_keys()
start_daemon()
if own != hosts[0]:
    for wanted in (True, False):
        while has_orted() != wanted:
            time.sleep(0.1)
    sys.exit(0)
for host in hosts[1:]:
    while not can_connect(host):
        time.sleep(0.1)
    print(f"{own} can connect to {host}", flush=True)
mca = {
    "btl_tcp_if_include": interface,
    "oob_tcp_if_include": interface,
    "plm_rsh_no_tree_spawn": "1",
    "pml": "ob1",
    "btl": "^openib",
    "orte_abort_on_non_zero_status": "1",
}
command = ["mpirun", "--host", ",".join(hosts), "-np", str(len(hosts)), "--allow-run-as-root", "--display-map"]
command += ["--tag-output", *(word for name, value in mca.items() for word in ("-mca", name, value))]
command += ["-bind-to", "none", "-map-by", "slot", "-x", "PATH", "-x", f"NCCL_SOCKET_IFNAME={interface}"]
sys.exit(subprocess.call([*command, "/usr/bin/python3", f"{CODE}/mpi_sum.py", "1"]))

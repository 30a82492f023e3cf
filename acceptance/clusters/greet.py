"""Tells the other host its own name and prints the one that it is told, then asks the service for anything."""

import json
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request

PORT = 7777

time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 0)
with open("/opt/ml/input/config/resourceconfig.json") as file:
    config = json.load(file)
interface, own = config["network_interface_name"], config["current_host"]
other = next(host for host in config["hosts"] if host != own)
assert interface in [name for _, name in socket.if_nameindex()], interface

listener = socket.create_server((own, PORT))


def answer():
    connection, _ = listener.accept()
    with connection:
        connection.sendall(own.encode())


thread = threading.Thread(target=answer)
thread.start()
connection = None
while connection is None:
    try:
        connection = socket.create_connection((other, PORT), timeout=30)
    except ConnectionRefusedError:
        time.sleep(0.01)  # It has not come so far yet.
print(own, "met", connection.recv(100).decode(), "through", interface, flush=True)
thread.join()

try:
    urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"], timeout=10)
except urllib.error.HTTPError:
    print(own, "was answered by the service", flush=True)
except (KeyError, OSError):
    print(own, "has no way to the service", flush=True)

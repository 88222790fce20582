#!/usr/bin/env python3
"""Kannel as a gateway over HTTP: kannel.py --smsc PORT --receipts URL.

Runs bearerbox and smsbox in a folder of their own, bound by SMPP to the SMSC at PORT, and prints
the port of /cgi-bin/sendsms. What people answer goes to URL/replies/SECRET. Both programs end with
this one, however it ends.
"""
import argparse
import ctypes
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = test
admin-interface = 127.0.0.1
smsbox-port = {smsbox}
smsbox-interface = 127.0.0.1
log-file = {folder}/bearerbox.log
log-level = 1
box-allow-ip = 127.0.0.1
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = test
host = 127.0.0.1
port = {smsc}
transceiver-mode = true
interface-version = 34
smsc-username = hazwatch
smsc-password = secret
system-type = ""
alt-charset = UTF-8
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {smsbox}
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
log-file = {folder}/smsbox.log
log-level = 1

group = sendsms-user
username = desk
password = secret
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
get-url = "{receipts}/replies/{secret}?telephone=%p&text=%a"
alt-charset = UTF-8
max-messages = 0
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def wait_for(port):
    for _ in range(1200):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
    sys.exit(f"nobody listens on {port}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--smsc", type=int, required=True)
    options.add_argument("--receipts", required=True)
    options.add_argument("--secret", required=True)
    options = options.parse_args()
    admin, smsbox, sendsms = free_port(), free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/kannel.conf"
        with open(path, "w") as file:
            file.write(CONFIGURATION.format(
                admin=admin, smsbox=smsbox, sendsms=sendsms, smsc=options.smsc, folder=folder,
                receipts=options.receipts, secret=options.secret))
        boxes = []
        for program, port in [("/usr/sbin/bearerbox", smsbox), ("/usr/sbin/smsbox", sendsms)]:
            boxes.append(subprocess.Popen(
                [program, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                preexec_fn=end_with_parent, cwd=folder))
            wait_for(port)
        # It takes messages once its SMSC is there.
        for _ in range(1200):
            status = urllib.request.urlopen(
                f"http://127.0.0.1:{admin}/status.txt?password=test").read().decode()
            if "online" in status:
                break
            time.sleep(0.1)
        print(sendsms, flush=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            sys.stdin.read()
        finally:
            for box in reversed(boxes):
                box.kill()


if __name__ == "__main__":
    main()

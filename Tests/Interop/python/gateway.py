#!/usr/bin/env python3
"""A gateway of strangers: grpcio, what the server says of itself by reflection, and nothing made from
our proto files. Measures each --every, keeps what it measures until it is acknowledged, sends the
newest first. With --fault it does one thing wrong. Runs until it is killed.
"""
import argparse
import os
import queue
import random
import sys
import threading
import time

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)


class Gateway:
    def __init__(self, options):
        self.options = options
        with open(options.folder + "/token", encoding="utf-8") as file:
            self.token = file.read().strip()
        with open(options.folder + "/points", encoding="utf-8") as file:
            self.points = file.read().split()
        with open(options.folder + "/address", encoding="utf-8") as file:
            self.channel = grpc.insecure_channel(file.read().strip())
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(self.channel))
        service = pool.FindServiceByName("hazwatch.ingest.v1.ReadingsService")
        push = service.methods_by_name["Push"]
        self.request = message_factory.GetMessageClass(push.input_type)
        answer = message_factory.GetMessageClass(push.output_type)
        self.push = self.channel.stream_stream(
            f"/{service.full_name}/Push",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=answer.FromString,
        )
        self.sequence = 0
        self.pending = {}
        self.lock = threading.Condition()
        self.is_cut = False
        # What was done wrong once.
        self.again = set()

    def fault(self, name):
        return self.options.fault == name

    # What is measured.

    def measure(self):
        """A batch each --every, whatever the line does."""
        due = time.time()
        while True:
            with self.lock:
                if not (self.fault("complete") and self.is_cut):
                    self.sequence += 1
                    self.pending[self.sequence] = (time.time(), self.batch(self.sequence))
                    self.lock.notify()
            due += self.options.every
            time.sleep(max(0, due - time.time()))

    def batch(self, number):
        now = int(time.time() * 1000)
        rows = [
            {
                "point_id": point,
                "measured_at_unix_ms": now,
                "value": round(random.gauss(50, 2), 2),
            }
            for point in self.points
        ]
        if self.fault("times"):
            for row in rows:
                row["measured_at_unix_ms"] //= 1000
        if self.fault("localTime"):
            for row in rows:
                row["measured_at_unix_ms"] -= 8 * 3_600_000
        if self.fault("values"):
            rows[0]["value"] = "NaN"
        if self.fault("quality"):
            rows[0]["quality"] = 7
        if self.fault("points"):
            rows[0]["point_id"] = "point-of-another"
        if self.fault("size"):
            rows *= 1 + 5_000 // len(rows)
        fields = {"gateway_id": self.options.gateway, "sequence": number, "rows": rows}
        if self.fault("gatewayID"):
            fields["gateway_id"] = "another"
        if self.fault("sequence"):
            fields["sequence"] = number * 3
        if self.fault("columns"):
            del fields["rows"]
            fields["columns"] = {
                "point_ids": self.points,
                "point": list(range(len(self.points))),
                "base_unix_ms": now,
                "measured_delta_ms": [0],
                "value": [1.0] * len(self.points),
            }
        return fields

    # What is sent.

    def choose(self):
        """The newest while it is new, else the oldest."""
        with self.lock:
            while not self.pending:
                self.lock.wait()
            newest, oldest = max(self.pending), min(self.pending)
            if self.fault("order"):
                return newest
            if self.fault("live"):
                return oldest
            age = time.time() - self.pending[newest][0]
            return newest if age < 1.5 * self.options.every else oldest

    def send(self):
        wait = self.options.every / 2
        while True:
            requests = queue.SimpleQueue()
            token = "wrong" if self.fault("token") else self.token
            answers = self.push(
                iter(requests.get, None), metadata=[("authorization", "Bearer " + token)]
            )
            code = None
            try:
                while True:
                    number = self.choose()
                    requests.put(self.message(number))
                    self.take(number, next(answers))
                    wait = self.options.every / 2
                    self.is_cut = False
            except grpc.RpcError as error:
                code = error.code()
                self.is_cut = True
            except StopIteration:
                pass
            requests.put(None)
            self.ended(number)
            constant = (
                self.fault("exhausted") and code == grpc.StatusCode.RESOURCE_EXHAUSTED
            ) or (self.fault("unavailable") and code == grpc.StatusCode.UNAVAILABLE)
            time.sleep(self.options.every / 2 if constant else wait)
            wait = min(wait * 2, 20 * self.options.every)

    def message(self, number):
        with self.lock:
            return json_format.ParseDict(self.pending[number][1], self.request())

    def take(self, number, answer):
        with self.lock:
            if self.fault("repeated") and answer.repeated and number not in self.again:
                self.again.add(number)
                return
            done = self.pending.pop(number, None)
            if self.fault("refused") and answer.refused and done:
                rows = [done[1]["rows"][one.index] for one in answer.refused]
                self.sequence += 1
                again = dict(done[1], rows=rows, sequence=self.sequence)
                self.pending[self.sequence] = (time.time(), again)

    def ended(self, number):
        with self.lock:
            if self.fault("resend") and not self.again and number in self.pending:
                self.again.add(number)
                self.pending[number] = (time.time(), self.batch(number))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", help="where `hazwatch gateway check --to` put its files")
    parser.add_argument("--gateway", default="check-gateway")
    parser.add_argument("--every", type=float, default=1.0)
    parser.add_argument("--fault", default="")
    options = parser.parse_args()
    while not os.path.exists(options.folder + "/address"):
        time.sleep(0.05)
    time.sleep(0.05)
    gateway = Gateway(options)
    threading.Thread(target=gateway.measure, daemon=True).start()
    try:
        gateway.send()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()

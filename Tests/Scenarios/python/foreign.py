#!/usr/bin/env python3
"""A gRPC client of strangers: grpcio, what the servers say of themselves by reflection, and nothing
made from our proto files. Pushes one reading as a gateway, reads the notice that it causes in a
county's inbox, tries what must be refused, and prints what it saw as JSON.
"""
import argparse
import json
import time

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)


class WithToken(
    grpc.UnaryUnaryClientInterceptor,
    grpc.UnaryStreamClientInterceptor,
    grpc.StreamStreamClientInterceptor,
):
    """Adds `authorization: Bearer TOKEN` to every call."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.header = ("authorization", "Bearer " + file.read().strip())

    def _with(self, details):
        metadata = list(details.metadata or []) + [self.header]
        return details._replace(metadata=metadata)

    def intercept_unary_unary(self, continuation, details, request):
        return continuation(self._with(details), request)

    def intercept_unary_stream(self, continuation, details, request):
        return continuation(self._with(details), request)

    def intercept_stream_stream(self, continuation, details, requests):
        return continuation(self._with(details), requests)


class Service:
    """One service as its server describes it."""

    def __init__(self, address, name, knower):
        self.address = address
        database = ProtoReflectionDescriptorDatabase(self.channel(knower))
        self.listed = sorted(database.get_services())
        pool = descriptor_pool.DescriptorPool(database)
        self.service = pool.FindServiceByName(name)

    def channel(self, token):
        channel = grpc.insecure_channel(self.address)
        return grpc.intercept_channel(channel, WithToken(token)) if token else channel

    def message(self, method, fields):
        described = self.service.methods_by_name[method]
        cls = message_factory.GetMessageClass(described.input_type)
        return json_format.ParseDict(fields, cls())

    def call(self, method, token):
        described = self.service.methods_by_name[method]
        channel = self.channel(token)
        kinds = {
            (False, False): channel.unary_unary,
            (False, True): channel.unary_stream,
            (True, True): channel.stream_stream,
        }
        make = kinds[(described.client_streaming, described.server_streaming)]
        answer = message_factory.GetMessageClass(described.output_type)
        return make(
            f"/{self.service.full_name}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=answer.FromString,
        )


def fields(message):
    return json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def refusal(attempt):
    """The status that an attempt ends with."""
    try:
        attempt()
    except grpc.RpcError as error:
        return {"code": error.code().name, "details": error.details()}
    return {"code": "OK", "details": ""}


def main():
    parser = argparse.ArgumentParser()
    for name in ["ingest", "notification", "gateway-token", "county-token", "other-token"]:
        parser.add_argument("--" + name, required=True)
    for name in ["gateway", "point", "county"]:
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--value", type=float, required=True)
    options = parser.parse_args()

    readings = Service(
        options.ingest, "hazwatch.ingest.v1.ReadingsService", options.gateway_token
    )
    inbox = Service(
        options.notification, "hazwatch.notification.v1.InboxService", options.county_token
    )
    row = {
        "point_id": options.point,
        "measured_at_unix_ms": int(time.time() * 1000),
        "value": options.value,
    }
    batch = readings.message(
        "Push", {"gateway_id": options.gateway, "sequence": 1, "rows": [row]}
    )
    ask = inbox.message("List", {"node_id": options.county})

    def push(token):
        return next(readings.call("Push", token)(iter([batch]), timeout=120))

    def read(token):
        return inbox.call("List", token)(ask, timeout=120)

    seen = {
        "services": {"ingest": readings.listed, "notification": inbox.listed},
        "push_without_token": refusal(lambda: push(None)),
        "push_with_other_token": refusal(lambda: push(options.other_token)),
        "read_without_token": refusal(lambda: read(None)),
        "read_with_other_token": refusal(lambda: read(options.other_token)),
        "read_with_gateway_token": refusal(lambda: read(options.gateway_token)),
    }
    # The desk listens before anything happens, as a duty desk does.
    follow = inbox.message("Follow", {"node_id": options.county})
    arrivals = inbox.call("Follow", options.county_token)(follow, timeout=120)
    seen["push"] = fields(push(options.gateway_token))
    seen["push_again"] = fields(push(options.gateway_token))
    seen["followed"] = fields(next(arrivals))
    arrivals.cancel()
    seen["inbox"] = fields(read(options.county_token))
    print(json.dumps(seen, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()

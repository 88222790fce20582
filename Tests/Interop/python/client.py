"""The official interop cases by a grpcio client: client.py ADDRESS [--ca FILE] CASE…

Beside the cases of gRPC's test descriptions: health, reflection (v1 and v1alpha). Prints one line a
case; ends with 1 if one failed. grpcio does not show whether a message came compressed; the C++
client looks at that.
"""
import argparse
import sys
import threading
import traceback

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

import interop
from interop import stub

SECONDS = 120  # for any call that should end by itself
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def check(holds, otherwise):
    if not holds:
        raise AssertionError(otherwise)


def check_status(code, call, text=None):
    try:
        call()
    except grpc.RpcError as error:
        check(error.code() == code, f"the status is {error.code()}: {error.details()}")
        check(text is None or error.details() == text, f"the message is {error.details()!r}")
        return
    raise AssertionError(f"the call ended well, not with {code}")


def large_request(**fields):
    request = interop.SimpleRequest(response_size=interop.LARGE_RESPONSE)
    request.payload.body = bytes(interop.LARGE_REQUEST)
    for name, value in fields.items():
        getattr(request, name).value = value
    return request


def duplex_request(asked, sent):
    request = interop.StreamingOutputCallRequest()
    request.response_parameters.add(size=asked)
    request.payload.body = bytes(sent)
    return request


def check_large(response):
    check(response.payload.body == bytes(interop.LARGE_RESPONSE), "not the payload asked for")


class Requests:
    """Requests that are given one by one."""

    def __init__(self):
        self._items, self._more, self._ended = [], threading.Condition(), False

    def send(self, request):
        with self._more:
            self._items.append(request)
            self._more.notify()

    def finish(self):
        with self._more:
            self._ended = True
            self._more.notify()

    def __iter__(self):
        return self

    def __next__(self):
        with self._more:
            while not self._items and not self._ended:
                self._more.wait()
            if self._items:
                return self._items.pop(0)
            raise StopIteration


@case
def empty_unary(channel):
    check(stub(channel, "EmptyCall")(interop.Empty(), timeout=SECONDS).ByteSize() == 0, "not empty")


@case
def large_unary(channel):
    check_large(stub(channel, "UnaryCall")(large_request(), timeout=SECONDS))


@case
def client_streaming(channel):
    def requests():
        for size in interop.REQUEST_SIZES:
            request = interop.StreamingInputCallRequest()
            request.payload.body = bytes(size)
            yield request

    response = stub(channel, "StreamingInputCall")(requests(), timeout=SECONDS)
    check(response.aggregated_payload_size == 74922, f"{response.aggregated_payload_size}")


@case
def server_streaming(channel):
    request = interop.StreamingOutputCallRequest()
    for size in interop.RESPONSE_SIZES:
        request.response_parameters.add(size=size)
    responses = stub(channel, "StreamingOutputCall")(request, timeout=SECONDS)
    sizes = [len(response.payload.body) for response in responses]
    check(sizes == interop.RESPONSE_SIZES, f"the sizes are {sizes}")


@case
def ping_pong(channel):
    requests = Requests()
    responses = stub(channel, "FullDuplexCall")(requests, timeout=SECONDS)
    for asked, sent in zip(interop.RESPONSE_SIZES, interop.REQUEST_SIZES):
        requests.send(duplex_request(asked, sent))
        check(len(next(responses).payload.body) == asked, f"not {asked}")
    requests.finish()
    check(list(responses) == [], "a message too many")


@case
def empty_stream(channel):
    responses = stub(channel, "FullDuplexCall")(iter([]), timeout=SECONDS)
    check(list(responses) == [], "a message where there should be none")


@case
def cancel_after_begin(channel):
    requests = Requests()
    future = stub(channel, "StreamingInputCall").future(requests, timeout=SECONDS)
    future.cancel()
    requests.finish()
    check(future.cancelled(), "not cancelled")
    check(future.code() == grpc.StatusCode.CANCELLED, f"{future.code()}")


@case
def cancel_after_first_response(channel):
    requests = Requests()
    responses = stub(channel, "FullDuplexCall")(requests, timeout=SECONDS)
    requests.send(duplex_request(31415, 27182))
    check(len(next(responses).payload.body) == 31415, "the first answer")
    responses.cancel()
    check_status(grpc.StatusCode.CANCELLED, lambda: next(responses))
    requests.finish()


@case
def timeout_on_sleeping_server(channel):
    requests = Requests()
    responses = stub(channel, "FullDuplexCall")(requests, timeout=0.001)
    request = interop.StreamingOutputCallRequest()
    request.payload.body = bytes(27182)
    requests.send(request)
    check_status(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(responses))
    requests.finish()


@case
def custom_metadata(channel):
    initial = (interop.ECHO_INITIAL, "test_initial_metadata_value")
    trailing = (interop.ECHO_TRAILING, b"\xab\xab\xab")

    def check_echo(call):
        check(initial in list(call.initial_metadata()), f"initial: {call.initial_metadata()}")
        check(trailing in list(call.trailing_metadata()), f"trailing: {call.trailing_metadata()}")

    _, call = stub(channel, "UnaryCall").with_call(
        large_request(), metadata=(initial, trailing), timeout=SECONDS
    )
    check_echo(call)
    requests = iter([duplex_request(314159, 271828)])
    responses = stub(channel, "FullDuplexCall")(
        requests, metadata=(initial, trailing), timeout=SECONDS
    )
    check(len(list(responses)) == 1, "one answer")
    check_echo(responses)


@case
def status_code_and_message(channel):
    text = "test status message"
    request = interop.SimpleRequest()
    request.response_status.code, request.response_status.message = 2, text
    unknown = grpc.StatusCode.UNKNOWN
    check_status(unknown, lambda: stub(channel, "UnaryCall")(request, timeout=SECONDS), text)
    stream_request = interop.StreamingOutputCallRequest()
    stream_request.response_status.code, stream_request.response_status.message = 2, text
    call = stub(channel, "FullDuplexCall")
    check_status(unknown, lambda: list(call(iter([stream_request]), timeout=SECONDS)), text)


@case
def special_status_message(channel):
    text = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
    request = interop.SimpleRequest()
    request.response_status.code, request.response_status.message = 2, text
    call = stub(channel, "UnaryCall")
    check_status(grpc.StatusCode.UNKNOWN, lambda: call(request, timeout=SECONDS), text)


@case
def unimplemented_method(channel):
    call = stub(channel, "UnimplementedCall")
    check_status(grpc.StatusCode.UNIMPLEMENTED, lambda: call(interop.Empty(), timeout=SECONDS))


@case
def unimplemented_service(channel):
    call = stub(channel, "UnimplementedCall", "grpc.testing.UnimplementedService")
    check_status(grpc.StatusCode.UNIMPLEMENTED, lambda: call(interop.Empty(), timeout=SECONDS))


@case
def client_compressed_unary(channel):
    call, gzip = stub(channel, "UnaryCall"), grpc.Compression.Gzip
    probe = large_request(expect_compressed=True)
    check_status(grpc.StatusCode.INVALID_ARGUMENT, lambda: call(probe, timeout=SECONDS))
    check_large(call(probe, compression=gzip, timeout=SECONDS))
    check_large(call(large_request(expect_compressed=False), timeout=SECONDS))


@case
def server_compressed_unary(channel):
    call = stub(channel, "UnaryCall")
    for compressed in (True, False):
        check_large(call(large_request(response_compressed=compressed), timeout=SECONDS))


@case
def health(channel):
    check_ = health_pb2_grpc.HealthStub(channel).Check
    for service in ("", interop.SERVICE):
        request = health_pb2.HealthCheckRequest(service=service)
        status = check_(request, timeout=SECONDS).status
        check(status == health_pb2.HealthCheckResponse.SERVING, f"{service or 'all'}: {status}")
    request = health_pb2.HealthCheckRequest(service="no.such.Service")
    check_status(grpc.StatusCode.NOT_FOUND, lambda: check_(request, timeout=SECONDS))
    watch = health_pb2_grpc.HealthStub(channel).Watch(request, timeout=SECONDS)
    unknown = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    check(next(watch).status == unknown, "watching an unknown service")
    watch.cancel()


@case
def reflection_v1alpha(channel):
    """A call with no stubs at all: what to send and to whom comes from the server."""
    database = ProtoReflectionDescriptorDatabase(channel)
    services = set(database.get_services())
    for name in (interop.SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"):
        check(name in services, f"{name} is not in {sorted(services)}")
    pool = descriptor_pool.DescriptorPool(database)
    call_by_description(channel, pool)


def call_by_description(channel, pool):
    method = pool.FindServiceByName(interop.SERVICE).methods_by_name["UnaryCall"]
    request = GetMessageClass(method.input_type)(response_size=7)
    call = channel.unary_unary(
        f"/{interop.SERVICE}/UnaryCall",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )
    check(len(call(request, timeout=SECONDS).payload.body) == 7, "the answer by description")


@case
def reflection_v1(channel):
    # The messages of v1 and v1alpha are the same on the wire.
    call = channel.stream_stream(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    asked = [
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol=interop.SERVICE),
        reflection_pb2.ServerReflectionRequest(file_by_filename="grpc/testing/empty.proto"),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="no.such.Symbol"),
        reflection_pb2.ServerReflectionRequest(file_by_filename="no/such/file.proto"),
    ]
    answers = list(call(iter(asked), timeout=SECONDS))
    check(len(answers) == len(asked), f"{len(answers)} answers")
    listed = {service.name for service in answers[0].list_services_response.service}
    check(interop.SERVICE in listed, f"{listed}")
    pool = descriptor_pool.DescriptorPool()
    files = {}
    for answer in answers[1:3]:
        for content in answer.file_descriptor_response.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto.FromString(content)
            files[file.name] = file
    check("grpc/testing/messages.proto" in files, "a file comes with what it imports")
    for name in ("grpc/testing/empty.proto", "grpc/testing/messages.proto", "grpc/testing/test.proto"):
        pool.Add(files[name])
    call_by_description(channel, pool)
    for answer in answers[3:]:
        code = answer.error_response.error_code
        check(code == grpc.StatusCode.NOT_FOUND.value[0], f"error code {code}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--ca")
    parser.add_argument("cases", nargs="+")
    options = parser.parse_args()
    limits = [("grpc.max_receive_message_length", 16 << 20)]
    if options.ca:
        with open(options.ca, "rb") as file:
            credentials = grpc.ssl_channel_credentials(file.read())
        channel = grpc.secure_channel(options.address, credentials, limits)
    else:
        channel = grpc.insecure_channel(options.address, limits)
    failed = 0
    for name in options.cases if options.cases != ["all"] else CASES:
        try:
            CASES[name](channel)
            print(f"{name} ok", flush=True)
        except Exception as error:
            failed += 1
            print(f"{name} failed: {error}", flush=True)
            traceback.print_exc()
    channel.close()
    return 1 if failed else 0


sys.exit(main())

"""A grpcio server of grpc.testing.TestService, for our client: server.py [--key F --certificate F]

Prints the port it has bound and runs until it gets SIGTERM. It cannot see whether a request was
compressed, so expect_compressed is not checked.
"""
import argparse
import signal
import sys
import threading
import time
from concurrent import futures

import grpc
from google.protobuf.message_factory import GetMessageClass

import interop

STATUSES = {status.value[0]: status for status in grpc.StatusCode}


def echo(context):
    metadata = dict(context.invocation_metadata())
    if interop.ECHO_INITIAL in metadata:
        initial = ((interop.ECHO_INITIAL, metadata[interop.ECHO_INITIAL]),)
        context.send_initial_metadata(initial)
    if interop.ECHO_TRAILING in metadata:
        trailing = ((interop.ECHO_TRAILING, metadata[interop.ECHO_TRAILING]),)
        context.set_trailing_metadata(trailing)


def fail(request, context):
    if request.response_status.code:
        context.abort(STATUSES[request.response_status.code], request.response_status.message)


def empty_call(request, context):
    echo(context)
    return request


def unary_call(request, context):
    # Before the metadata go out: they carry the encoding.
    if request.response_compressed.value:
        context.set_compression(grpc.Compression.Gzip)
    echo(context)
    fail(request, context)
    response = interop.SimpleResponse()
    response.payload.body = bytes(request.response_size)
    return response


def answers(request):
    for parameters in request.response_parameters:
        if parameters.interval_us:
            time.sleep(parameters.interval_us / 1e6)
        response = interop.StreamingOutputCallResponse()
        response.payload.body = bytes(parameters.size)
        yield response


def streaming_output_call(request, context):
    echo(context)
    yield from answers(request)


def streaming_input_call(requests, context):
    echo(context)
    size = sum(len(request.payload.body) for request in requests)
    return interop.StreamingInputCallResponse(aggregated_payload_size=size)


def full_duplex_call(requests, context):
    echo(context)
    for request in requests:
        fail(request, context)
        yield from answers(request)


HANDLERS = {
    "EmptyCall": empty_call,
    "UnaryCall": unary_call,
    "StreamingOutputCall": streaming_output_call,
    "StreamingInputCall": streaming_input_call,
    "FullDuplexCall": full_duplex_call,
}


def handlers():
    service = interop.POOL.FindServiceByName(interop.SERVICE)
    kinds = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (True, False): grpc.stream_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }
    methods = {}
    for name, handler in HANDLERS.items():
        method = service.methods_by_name[name]
        methods[name] = kinds[(method.client_streaming, method.server_streaming)](
            handler,
            request_deserializer=GetMessageClass(method.input_type).FromString,
            response_serializer=lambda response: response.SerializeToString(),
        )
    return grpc.method_handlers_generic_handler(interop.SERVICE, methods)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--key")
    parser.add_argument("--certificate")
    options = parser.parse_args()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    server.add_generic_rpc_handlers((handlers(),))
    if options.key:
        with open(options.key, "rb") as key, open(options.certificate, "rb") as certificate:
            pair = (key.read(), certificate.read())
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    # Started by a thread that blocks signals, as Swift's do, this process would block them as well.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    ended.wait()
    server.stop(1).wait()
    return 0


sys.exit(main())

// The official interop cases by a grpc++ client: client ADDRESS CASE…
//
// It sees whether each message came compressed, which grpcio does not show. Prints one line a case;
// ends with 1 if one failed.
#include <grpcpp/grpcpp.h>

#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "grpc/testing/test.grpc.pb.h"

// Exported by libgrpc 1.51 (Debian 12, Ubuntu 24.04) for tests like this one.
uint32_t grpc_call_test_only_get_message_flags(grpc_call *call);

namespace grpc {
namespace testing {
// A friend of ClientContext.
class InteropClientContextInspector {
 public:
    explicit InteropClientContextInspector(const ClientContext &context) : context_(context) {}
    // Whether the last message came compressed. Bit 31 is GRPC_WRITE_INTERNAL_COMPRESS, bit 30 is
    // GRPC_WRITE_INTERNAL_TEST_ONLY_WAS_COMPRESSED, which stays after the message is unpacked.
    bool WasCompressed() const {
        return (grpc_call_test_only_get_message_flags(context_.call_) & 0xC0000000u) != 0;
    }

 private:
    const ClientContext &context_;
};
}  // namespace testing
}  // namespace grpc

namespace {

using namespace grpc::testing;
using grpc::ClientContext;
using grpc::Status;
using grpc::StatusCode;
using Stub = TestService::Stub;

constexpr int kLargeRequest = 271828, kLargeResponse = 314159;
const std::vector<int> kRequestSizes = {27182, 8, 1828, 45904};
const std::vector<int> kResponseSizes = {31415, 9, 2653, 58979};
const std::string kEchoInitial = "x-grpc-test-echo-initial";
const std::string kEchoTrailing = "x-grpc-test-echo-trailing-bin";

void Check(bool holds, const std::string &otherwise) {
    if (!holds) throw std::runtime_error(otherwise);
}

void CheckStatus(const Status &status, StatusCode code, const std::string &message = "") {
    Check(status.error_code() == code,
          "the status is " + std::to_string(status.error_code()) + ": " + status.error_message());
    Check(message.empty() || status.error_message() == message,
          "the message is " + status.error_message());
}

void SetDeadline(ClientContext &context) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(120));
}

SimpleRequest LargeRequest() {
    SimpleRequest request;
    request.set_response_size(kLargeResponse);
    request.mutable_payload()->set_body(std::string(kLargeRequest, '\0'));
    return request;
}

StreamingOutputCallRequest DuplexRequest(int asked, int sent) {
    StreamingOutputCallRequest request;
    request.add_response_parameters()->set_size(asked);
    request.mutable_payload()->set_body(std::string(sent, '\0'));
    return request;
}

void CheckLarge(const SimpleResponse &response) {
    Check(response.payload().body() == std::string(kLargeResponse, '\0'), "not the payload asked for");
}

void EmptyUnary(Stub &stub) {
    ClientContext context;
    SetDeadline(context);
    Empty response;
    CheckStatus(stub.EmptyCall(&context, Empty(), &response), StatusCode::OK);
    Check(response.ByteSizeLong() == 0, "not empty");
}

void LargeUnary(Stub &stub) {
    ClientContext context;
    SetDeadline(context);
    SimpleResponse response;
    CheckStatus(stub.UnaryCall(&context, LargeRequest(), &response), StatusCode::OK);
    CheckLarge(response);
}

void ClientStreaming(Stub &stub) {
    ClientContext context;
    SetDeadline(context);
    StreamingInputCallResponse response;
    auto call = stub.StreamingInputCall(&context, &response);
    for (int size : kRequestSizes) {
        StreamingInputCallRequest request;
        request.mutable_payload()->set_body(std::string(size, '\0'));
        Check(call->Write(request), "cannot write");
    }
    call->WritesDone();
    CheckStatus(call->Finish(), StatusCode::OK);
    Check(response.aggregated_payload_size() == 74922, "the sum is wrong");
}

void ServerStreaming(Stub &stub) {
    ClientContext context;
    SetDeadline(context);
    StreamingOutputCallRequest request;
    for (int size : kResponseSizes) request.add_response_parameters()->set_size(size);
    auto call = stub.StreamingOutputCall(&context, request);
    StreamingOutputCallResponse response;
    size_t count = 0;
    for (; call->Read(&response); count++) {
        Check(count < kResponseSizes.size(), "a message too many");
        Check((int)response.payload().body().size() == kResponseSizes[count], "a wrong size");
    }
    CheckStatus(call->Finish(), StatusCode::OK);
    Check(count == kResponseSizes.size(), "messages are missing");
}

void PingPong(Stub &stub) {
    ClientContext context;
    SetDeadline(context);
    auto call = stub.FullDuplexCall(&context);
    StreamingOutputCallResponse response;
    for (size_t i = 0; i < kRequestSizes.size(); i++) {
        Check(call->Write(DuplexRequest(kResponseSizes[i], kRequestSizes[i])), "cannot write");
        Check(call->Read(&response), "cannot read");
        Check((int)response.payload().body().size() == kResponseSizes[i], "a wrong size");
    }
    call->WritesDone();
    Check(!call->Read(&response), "a message too many");
    CheckStatus(call->Finish(), StatusCode::OK);
}

void EmptyStream(Stub &stub) {
    ClientContext context;
    SetDeadline(context);
    auto call = stub.FullDuplexCall(&context);
    call->WritesDone();
    StreamingOutputCallResponse response;
    Check(!call->Read(&response), "a message where there should be none");
    CheckStatus(call->Finish(), StatusCode::OK);
}

void CancelAfterBegin(Stub &stub) {
    ClientContext context;
    SetDeadline(context);
    StreamingInputCallResponse response;
    auto call = stub.StreamingInputCall(&context, &response);
    context.TryCancel();
    CheckStatus(call->Finish(), StatusCode::CANCELLED);
}

void CancelAfterFirstResponse(Stub &stub) {
    ClientContext context;
    SetDeadline(context);
    auto call = stub.FullDuplexCall(&context);
    Check(call->Write(DuplexRequest(31415, 27182)), "cannot write");
    StreamingOutputCallResponse response;
    Check(call->Read(&response), "cannot read");
    context.TryCancel();
    CheckStatus(call->Finish(), StatusCode::CANCELLED);
}

void TimeoutOnSleepingServer(Stub &stub) {
    ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(1));
    auto call = stub.FullDuplexCall(&context);
    StreamingOutputCallRequest request;
    request.mutable_payload()->set_body(std::string(27182, '\0'));
    call->Write(request);
    CheckStatus(call->Finish(), StatusCode::DEADLINE_EXCEEDED);
}

void CheckEcho(const ClientContext &context) {
    auto initial = context.GetServerInitialMetadata().find(kEchoInitial);
    Check(initial != context.GetServerInitialMetadata().end() &&
              initial->second == "test_initial_metadata_value", "the initial metadata");
    auto trailing = context.GetServerTrailingMetadata().find(kEchoTrailing);
    Check(trailing != context.GetServerTrailingMetadata().end() && trailing->second == "\xab\xab\xab",
          "the trailing metadata");
}

void CustomMetadata(Stub &stub) {
    for (bool is_stream : {false, true}) {
        ClientContext context;
        SetDeadline(context);
        context.AddMetadata(kEchoInitial, "test_initial_metadata_value");
        context.AddMetadata(kEchoTrailing, "\xab\xab\xab");
        if (is_stream) {
            auto call = stub.FullDuplexCall(&context);
            Check(call->Write(DuplexRequest(kLargeResponse, kLargeRequest)), "cannot write");
            call->WritesDone();
            StreamingOutputCallResponse response;
            Check(call->Read(&response), "cannot read");
            Check(!call->Read(&response), "a message too many");
            CheckStatus(call->Finish(), StatusCode::OK);
        } else {
            SimpleResponse response;
            CheckStatus(stub.UnaryCall(&context, LargeRequest(), &response), StatusCode::OK);
        }
        CheckEcho(context);
    }
}

void ExpectEchoedStatus(Stub &stub, const std::string &message) {
    ClientContext context;
    SetDeadline(context);
    SimpleRequest request;
    request.mutable_response_status()->set_code(StatusCode::UNKNOWN);
    request.mutable_response_status()->set_message(message);
    SimpleResponse response;
    CheckStatus(stub.UnaryCall(&context, request, &response), StatusCode::UNKNOWN, message);
}

void StatusCodeAndMessage(Stub &stub) {
    ExpectEchoedStatus(stub, "test status message");
    ClientContext context;
    SetDeadline(context);
    auto call = stub.FullDuplexCall(&context);
    StreamingOutputCallRequest request;
    request.mutable_response_status()->set_code(StatusCode::UNKNOWN);
    request.mutable_response_status()->set_message("test status message");
    call->Write(request);
    call->WritesDone();
    StreamingOutputCallResponse response;
    Check(!call->Read(&response), "a message where there should be none");
    CheckStatus(call->Finish(), StatusCode::UNKNOWN, "test status message");
}

void SpecialStatusMessage(Stub &stub) {
    ExpectEchoedStatus(
        stub, "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n");
}

void UnimplementedMethod(Stub &stub) {
    ClientContext context;
    SetDeadline(context);
    Empty response;
    CheckStatus(stub.UnimplementedCall(&context, Empty(), &response), StatusCode::UNIMPLEMENTED);
}

void ClientCompressedUnary(Stub &stub) {
    // The first is the probe: it says that it is compressed, and is not.
    struct { bool says, is; } const sent[] = {{true, false}, {true, true}, {false, false}};
    for (auto one : sent) {
        ClientContext context;
        SetDeadline(context);
        context.set_compression_algorithm(one.is ? GRPC_COMPRESS_GZIP : GRPC_COMPRESS_NONE);
        SimpleRequest request = LargeRequest();
        request.mutable_expect_compressed()->set_value(one.says);
        SimpleResponse response;
        Status status = stub.UnaryCall(&context, request, &response);
        if (one.says != one.is) {
            CheckStatus(status, StatusCode::INVALID_ARGUMENT);
        } else {
            CheckStatus(status, StatusCode::OK);
            CheckLarge(response);
        }
    }
}

void ServerCompressedUnary(Stub &stub) {
    for (bool compressed : {true, false}) {
        ClientContext context;
        SetDeadline(context);
        SimpleRequest request = LargeRequest();
        request.mutable_response_compressed()->set_value(compressed);
        SimpleResponse response;
        CheckStatus(stub.UnaryCall(&context, request, &response), StatusCode::OK);
        CheckLarge(response);
        Check(InteropClientContextInspector(context).WasCompressed() == compressed,
              compressed ? "the answer is not compressed" : "the answer is compressed");
    }
}

const std::map<std::string, std::function<void(Stub &)>> kCases = {
    {"empty_unary", EmptyUnary},
    {"large_unary", LargeUnary},
    {"client_streaming", ClientStreaming},
    {"server_streaming", ServerStreaming},
    {"ping_pong", PingPong},
    {"empty_stream", EmptyStream},
    {"cancel_after_begin", CancelAfterBegin},
    {"cancel_after_first_response", CancelAfterFirstResponse},
    {"timeout_on_sleeping_server", TimeoutOnSleepingServer},
    {"custom_metadata", CustomMetadata},
    {"status_code_and_message", StatusCodeAndMessage},
    {"special_status_message", SpecialStatusMessage},
    {"unimplemented_method", UnimplementedMethod},
    {"client_compressed_unary", ClientCompressedUnary},
    {"server_compressed_unary", ServerCompressedUnary},
};

}  // namespace

int main(int count, char **arguments) {
    if (count < 3) {
        std::cerr << "usage: client ADDRESS CASE… (or all)\n";
        return 2;
    }
    auto channel = grpc::CreateChannel(arguments[1], grpc::InsecureChannelCredentials());
    auto stub = TestService::NewStub(channel);
    std::vector<std::string> names(arguments + 2, arguments + count);
    if (names == std::vector<std::string>{"all"}) {
        names.clear();
        for (auto &one : kCases) names.push_back(one.first);
    }
    int failed = 0;
    for (auto &name : names) {
        auto one = kCases.find(name);
        try {
            Check(one != kCases.end(), "there is no such case");
            one->second(*stub);
            std::cout << name << " ok" << std::endl;
        } catch (const std::exception &error) {
            failed = 1;
            std::cout << name << " failed: " << error.what() << std::endl;
        }
    }
    return failed;
}

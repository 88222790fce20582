import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// The bench service on grpc-swift-2, as its own examples write one.
struct BenchService: Hazwatch_Bench_V1_BenchService.SimpleServiceProtocol {
    func echo(
        request: Hazwatch_Common_V1_Reading, context: ServerContext
    ) async throws -> Hazwatch_Common_V1_Reading { request }

    func push(
        request: RPCAsyncSequence<Hazwatch_Ingest_V1_PushRequest, any Error>,
        context: ServerContext
    ) async throws -> Hazwatch_Ingest_V1_PushResponse {
        var answer = Hazwatch_Ingest_V1_PushResponse()
        var sum = 0.0
        for try await batch in request {
            answer.sequence = batch.sequence
            answer.stored += UInt32(batch.columns.point.count)
            for value in batch.columns.value { sum += value }
        }
        answer.repeated = sum.isNaN
        return answer
    }
}

@main
struct PeerServer {
    static func main() async throws {
        guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
            print("usage: PeerServer PORT")
            return
        }
        let server = GRPCServer(
            transport: .http2NIOPosix(
                address: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext),
            services: [BenchService()])
        try await server.serve()
    }
}

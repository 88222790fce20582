import Contracts
import Logging
import NIOPosix
import RPC

/// The bench service on our own gRPC, written as our services are.
@main
struct RPCBench {
    static let service = "hazwatch.bench.v1.BenchService"
    static let echo = RPCMethod<CommonV1.Reading, CommonV1.Reading>(
        service: service, name: "Echo", kind: .unary)
    static let push = RPCMethod<IngestV1.PushRequest, IngestV1.PushResponse>(
        service: service, name: "Push", kind: .clientStreaming)

    static func main() async throws {
        guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
            print("usage: rpc-bench PORT")
            return
        }
        var router = RPCRouter()
        router.unary(echo) { reading, _ in reading }
        router.clientStreaming(push) { batches, _ in
            var answer = IngestV1.PushResponse()
            var sum = 0.0
            for try await batch in batches {
                answer.sequence = batch.sequence
                guard let columns = batch.columns else { continue }
                answer.stored += UInt32(columns.point.count)
                for value in columns.value { sum += value }
            }
            answer.repeated = sum.isNaN
            return answer
        }
        let server = RPCServer(
            configuration: ServerConfiguration(address: .hostPort("127.0.0.1", port)),
            router: router, group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "bench"))
        _ = try await server.start()
        // Runs until it is killed: the bench ends it.
        try await Task.sleep(for: .seconds(86_400))
    }
}

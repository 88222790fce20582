import Interop
import Logging
import NIOCore
import NIOPosix
import RPC
import Testing
import Foundation
func say(_ s: String) { FileHandle.standardError.write(Data((s + "\n").utf8)) }
@Test(arguments: 0..<20) func scratch(k: Int) async throws {
    var router = RPCRouter()
    TestService().register(in: &router)
    for i in 0..<50 {
    let server = RPCServer(router: router, group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "interop"))
    let port = try await server.start()
    let client = RPCClient(addresses: [.hostPort("127.0.0.1", port)], group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "interop"))
        say("run \(k) \(i)")
        do { try await InteropClient(client: client).run(.cancelAfterBegin) } catch { say("\(error)") }
    say("close client \(k) \(i)")
    await client.close()
    say("drain \(k) \(i)")
    await server.drain(within: .seconds(5))
    say("done \(k) \(i)")
    }
}

import Glibc

/// Finds a port of this machine that nobody listens on.
package enum FreePort {
    /// Below the ports that the system gives to connections and to whoever asks for any port, so
    /// that a port stays free until its service binds it, also while that is away.
    private static let range = 20_000..<32_768
    private static let triesMax = 100

    package static func find() throws -> Int {
        for _ in 0..<triesMax {
            let port = Int.random(in: range)
            if try isFree(port) { return port }
        }
        throw NoFreePort(reason: "\(triesMax) ports were in use")
    }

    private static func isFree(_ port: Int) throws -> Bool {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if socket < 0 { throw NoFreePort(reason: String(cString: strerror(errno))) }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// This machine has no port left to give.
package struct NoFreePort: Error, CustomStringConvertible {
    let reason: String

    package var description: String { "This machine has no free port: \(reason)." }
}

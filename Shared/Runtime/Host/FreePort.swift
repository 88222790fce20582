import Glibc

/// Finds a port of this machine that nobody listens on.
package enum FreePort {
    /// Taken and let go again: somebody could take it in between, which then is an error at start.
    package static func find() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && getsockname(socket, address, &length) == 0
            }
        }
        guard isBound else {
            throw NoFreePort(reason: String(cString: strerror(errno)))
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// This machine has no port left to give.
package struct NoFreePort: Error, CustomStringConvertible {
    let reason: String

    package var description: String { "This machine has no free port: \(reason)." }
}

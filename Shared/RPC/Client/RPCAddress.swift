/// Where a server listens.
package enum RPCAddress: Sendable, Hashable {
    case hostPort(String, Int)
    case unixSocket(path: String)
}

extension RPCAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .hostPort(let host, let port):
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): "unix:\(path)"
        }
    }

    /// What stands in `:authority`.
    var authority: String {
        switch self {
        case .hostPort: description
        case .unixSocket: "localhost"
        }
    }
}

/// Where a server listens.
package enum RPCAddress: Sendable, Hashable {
    case hostPort(String, Int)
    case unixSocket(path: String)
}

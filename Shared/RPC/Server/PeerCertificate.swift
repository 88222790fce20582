import NIOCore
import NIOSSL

/// The certificate that the peer has shown and TLS has checked.
enum PeerCertificate {
    static func of(_ context: ChannelHandlerContext?) -> [UInt8]? {
        guard let pipeline = context?.pipeline.syncOperations,
            let handler = try? pipeline.handler(type: NIOSSLServerHandler.self)
        else { return nil }
        return try? handler.peerCertificate?.toDERBytes()
    }
}

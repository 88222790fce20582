/// How one call is made.
package struct CallOptions: Sendable {
    package enum Compression: Sendable, Equatable {
        case none
        case gzip
    }

    /// The time after which the call fails on both sides.
    package var timeout: Duration?
    package var metadata: Metadata
    package var compression: Compression
    /// Wait for a connection instead of failing while there is none.
    package var waitForReady: Bool

    package init(
        timeout: Duration? = nil, metadata: Metadata = [:], compression: Compression = .none,
        waitForReady: Bool = false
    ) {
        self.timeout = timeout
        self.metadata = metadata
        self.compression = compression
        self.waitForReady = waitForReady
    }

    package static let standard = CallOptions()
}

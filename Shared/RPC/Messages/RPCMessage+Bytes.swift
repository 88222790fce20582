package import NIOCore

extension RPCMessage {
    package init(serialized bytes: [UInt8]) throws(MessageDecodingError) {
        let result = bytes.withUnsafeBytes { raw -> Result<Self, MessageDecodingError> in
            do throws(MessageDecodingError) {
                return .success(try Self(serialized: raw))
            } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }

    package init(serialized buffer: ByteBuffer) throws(MessageDecodingError) {
        let result = buffer.withUnsafeReadableBytes { raw -> Result<Self, MessageDecodingError> in
            do throws(MessageDecodingError) {
                return .success(try Self(serialized: raw))
            } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }

    /// The encoded message as bytes of its own.
    package func serialized() -> [UInt8] {
        var buffer = ByteBuffer()
        serialize(into: &buffer)
        return Array(buffer.readableBytesView)
    }
}

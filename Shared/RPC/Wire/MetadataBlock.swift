import NIOCore
import Synchronization

/// The metadata of a call as it arrived; it becomes `Metadata` only when somebody asks.
///
/// Clients tend to send the same metadata with every call, so a connection keeps the last block and
/// uses it again: text is made once for many calls.
final class MetadataBlock: Sendable {
    /// Names and values, each after its length in four bytes.
    let raw: [UInt8]
    private let parsed = Mutex<Metadata?>(nil)

    init(raw: [UInt8]) {
        self.raw = raw
    }

    var metadata: Metadata {
        parsed.withLock { parsed in
            if let parsed { return parsed }
            let made = Self.parse(raw)
            parsed = made
            return made
        }
    }

    private static func parse(_ raw: [UInt8]) -> Metadata {
        var metadata = Metadata()
        raw.withUnsafeBytes { bytes in
            var index = 0
            while index < bytes.count {
                let nameLength = Int(bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
                let valueLength = Int(
                    bytes.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self))
                let nameStart = index + 8
                let valueStart = nameStart + nameLength
                index = valueStart + valueLength
                let name = String(decoding: bytes[nameStart..<valueStart], as: UTF8.self)
                let value = bytes[valueStart..<index]
                if name.hasSuffix("-bin") {
                    // Several values may share a line; each is base64 of its own.
                    for part in value.split(
                        separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                    {
                        let trimmed = part.drop { $0 == UInt8(ascii: " ") }
                        if let decoded = Base64.decode(trimmed) {
                            metadata.add(name, bytes: decoded)
                        }
                    }
                } else {
                    metadata.add(name, String(decoding: value, as: UTF8.self))
                }
            }
        }
        return metadata
    }
}

/// Collects the metadata of one header block in storage that is used again.
struct MetadataCollector {
    private var scratch: [UInt8] = []
    private var last: MetadataBlock?

    mutating func begin() {
        scratch.removeAll(keepingCapacity: true)
    }

    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt32(name.count)) { scratch.append(contentsOf: $0) }
        withUnsafeBytes(of: UInt32(value.count)) { scratch.append(contentsOf: $0) }
        scratch.append(contentsOf: name)
        scratch.append(contentsOf: value)
    }

    /// The block, which is the last one's if nothing has changed; nil when there is no metadata.
    mutating func end() -> MetadataBlock? {
        if scratch.isEmpty { return nil }
        if let last, scratch == last.raw { return last }
        last = MetadataBlock(raw: scratch)
        return last
    }
}

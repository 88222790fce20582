/// The little of the protobuf encoding that gRPC's own messages need.
enum ProtoWire {
    struct Field {
        let number: Int
        let content: Content
    }

    enum Content {
        case varint(UInt64)
        case bytes([UInt8])
        case fixed(UInt64)
    }

    static func appendVarint(_ value: UInt64, to output: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(rest))
    }

    /// Appends a varint field unless it is zero, as proto3 does.
    static func append(_ number: Int, varint value: UInt64, to output: inout [UInt8]) {
        guard value != 0 else { return }
        appendVarint(UInt64(number) << 3, to: &output)
        appendVarint(value, to: &output)
    }

    /// Appends a length-delimited field, also when empty.
    static func append(_ number: Int, bytes: some Collection<UInt8>, to output: inout [UInt8]) {
        appendVarint(UInt64(number) << 3 | 2, to: &output)
        appendVarint(UInt64(bytes.count), to: &output)
        output.append(contentsOf: bytes)
    }

    /// Appends a string field unless it is empty, as proto3 does.
    static func append(_ number: Int, text: String, to output: inout [UInt8]) {
        if !text.isEmpty { append(number, bytes: text.utf8, to: &output) }
    }

    /// The fields in their order, or nil when the bytes are no protobuf message.
    static func fields(of bytes: UnsafeRawBufferPointer) -> [Field]? {
        var fields: [Field] = []
        var index = 0
        while index < bytes.count {
            guard let key = varint(bytes, &index), let number = Int(exactly: key >> 3), number > 0
            else { return nil }
            let content: Content
            switch key & 7 {
            case 0:
                guard let value = varint(bytes, &index) else { return nil }
                content = .varint(value)
            case 1, 5:
                let width = key & 7 == 1 ? 8 : 4
                guard bytes.count - index >= width else { return nil }
                let value = bytes[index..<index + width].reversed().reduce(UInt64(0)) {
                    $0 << 8 | UInt64($1)
                }
                index += width
                content = .fixed(value)
            case 2:
                guard let length = varint(bytes, &index), length <= UInt64(bytes.count - index)
                else { return nil }
                content = .bytes(Array(bytes[index..<index + Int(length)]))
                index += Int(length)
            default:
                return nil
            }
            fields.append(Field(number: number, content: content))
        }
        return fields
    }

    private static func varint(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard index < bytes.count else { return nil }
            let byte = bytes[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}

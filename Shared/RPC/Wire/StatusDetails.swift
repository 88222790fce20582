/// `grpc-status-details-bin`: a `google.rpc.Status` with the details of an error.
enum StatusDetails {
    static func encode(_ status: RPCStatus) -> [UInt8] {
        var output: [UInt8] = []
        ProtoWire.append(1, varint: UInt64(status.code.rawValue), to: &output)
        ProtoWire.append(2, text: status.message, to: &output)
        for detail in status.details {
            var any: [UInt8] = []
            ProtoWire.append(1, text: detail.typeURL, to: &any)
            if !detail.value.isEmpty { ProtoWire.append(2, bytes: detail.value, to: &any) }
            ProtoWire.append(3, bytes: any, to: &output)
        }
        return output
    }

    /// The details in the bytes; none when they are malformed, as they only add to the status.
    static func decode(_ bytes: [UInt8]) -> [RPCStatus.Detail] {
        let fields = bytes.withUnsafeBytes { ProtoWire.fields(of: $0) } ?? []
        return fields.compactMap { field in
            guard field.number == 3, case .bytes(let any) = field.content else { return nil }
            return detail(any)
        }
    }

    private static func detail(_ bytes: [UInt8]) -> RPCStatus.Detail? {
        guard let fields = bytes.withUnsafeBytes({ ProtoWire.fields(of: $0) }) else { return nil }
        var typeURL = ""
        var value: [UInt8] = []
        for field in fields {
            switch (field.number, field.content) {
            case (1, .bytes(let text)): typeURL = String(decoding: text, as: UTF8.self)
            case (2, .bytes(let bytes)): value = bytes
            default: continue
            }
        }
        return RPCStatus.Detail(typeURL: typeURL, value: value)
    }
}

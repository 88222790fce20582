import Foundation
import Kernel
import Storage

/// How parts stand in the store: JSON with sorted keys, so that equal parts are equal bytes.
package enum PartCoding {
    package static func encode(_ part: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "+inf", negativeInfinity: "-inf", nan: "nan")
        return [UInt8](try encoder.encode(part))
    }

    package static func decode<Part: Decodable>(_ type: Part.Type, _ body: [UInt8], key: String)
        throws
        -> Part
    {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "+inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(type, from: Data(body))
        } catch {
            throw StoreFailure.unreadable(what: "Part \(key) of the state", reason: "\(error)")
        }
    }
}

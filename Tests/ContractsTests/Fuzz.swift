import Contracts
import Foundation
import RPC

/// Random numbers that are the same for the same seed everywhere.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    // SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

enum Fuzz {
    static let files: [ProtoFile] = [
        CommonV1.commonProto, ClockV1.clockProto, JournalV1.journalProto, IngestV1.readingsProto,
        IngestV1.registryProto, IngestV1.videoProto, IngestV1.presenceProto,
        IngestV1.findingsProto, IngestV1.qualityProto, IngestV1.linksProto, IngestV1.cleaningProto,
        RiskV1.riskProto,
        NotificationV1.notificationProto, GrpcHealthV1.healthProto,
        GrpcReflectionV1.reflectionProto,
    ]

    /// Bytes changed in one to four places as broken or hostile senders would.
    static func mutated(_ bytes: [UInt8], _ chance: inout Seeded) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &chance) {
            let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &chance)
            switch Int.random(in: 0..<8, using: &chance) {
            case 0 where !bytes.isEmpty:
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
            case 1 where !bytes.isEmpty:
                bytes[place] = .random(in: 0...255, using: &chance)
            case 2 where !bytes.isEmpty:
                bytes.removeSubrange(place..<min(bytes.count, place + 4))
            case 3:
                let odd: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, 0xC0, 0xED, 0xF5]
                bytes.insert(odd[Int.random(in: 0..<odd.count, using: &chance)], at: place)
            case 4:
                bytes.removeLast(min(bytes.count, Int.random(in: 1...8, using: &chance)))
            case 5:
                bytes.append(contentsOf: bytes.suffix(from: place))
            case 6:
                // A field of any number and wire type, often one that the message has.
                let tag = UInt8.random(in: 1...23, using: &chance) << 3
                bytes.append(tag | UInt8.random(in: 0...5, using: &chance))
                bytes.append(contentsOf: [2, 8, 1])
            default:
                bytes.append(contentsOf: random(upTo: 12, &chance))
            }
        }
        return bytes
    }

    static func random(upTo count: Int, _ chance: inout Seeded) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &chance)).map { _ in
            UInt8.random(in: 0...255, using: &chance)
        }
    }

    /// Decodes and encodes again: (`ok` or the reason, the encoding).
    static func said(_ type: any RPCMessage.Type, _ bytes: [UInt8]) -> (String, [UInt8]) {
        do throws(MessageDecodingError) {
            return ("ok", try type.init(serialized: bytes).serialized())
        } catch {
            return ("\(error.reason)", [])
        }
    }
}

/// Length-prefixed chunks, as fuzz_peer.py reads and writes them.
struct Chunks {
    var data = Data()

    mutating func append(_ bytes: some Collection<UInt8>) {
        withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: bytes)
    }

    static func read(_ data: Data) -> [[UInt8]] {
        let bytes = [UInt8](data)
        var chunks: [[UInt8]] = []
        var at = 0
        while at + 4 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
            chunks.append(Array(bytes[(at + 4)..<(at + 4 + length)]))
            at += 4 + length
        }
        return chunks
    }
}

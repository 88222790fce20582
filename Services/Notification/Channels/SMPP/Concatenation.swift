/// Which part of a longer message a short message is.
package struct Concatenation: Equatable, Hashable, Sendable {
    package var reference: UInt16
    package var count: UInt8
    /// From 1.
    package var number: UInt8

    package init(reference: UInt16, count: UInt8, number: UInt8) {
        (self.reference, self.count, self.number) = (reference, count, number)
    }

    /// The header of 6 octets in front of a part; its reference has 8 bits.
    package var header: [UInt8] { [5, 0, 3, UInt8(reference & 0xFF), count, number] }

    /// Reads the header that `octets` begin with; returns also where the text begins.
    ///
    /// A header that is longer than its message, or of other purpose, is passed over.
    static func read(_ octets: [UInt8]) -> (Concatenation?, textFrom: Int) {
        guard let length = octets.first.map(Int.init), length < octets.count else {
            return (nil, octets.isEmpty ? 0 : octets.count)
        }
        var found: Concatenation?
        var at = 1
        while at + 2 <= length + 1 {
            let (kind, size) = (octets[at], Int(octets[at + 1]))
            let value = octets[(at + 2)...].prefix(size)
            guard at + 2 + size <= length + 1 else { break }
            found = Concatenation(kind: kind, Array(value)) ?? found
            at += 2 + size
        }
        return (found, length + 1)
    }

    private init?(kind: UInt8, _ value: [UInt8]) {
        switch (kind, value.count) {
        case (0x00, 3):
            self.init(reference: UInt16(value[0]), count: value[1], number: value[2])
        case (0x08, 4):
            self.init(
                reference: UInt16(value[0]) << 8 | UInt16(value[1]), count: value[2],
                number: value[3])
        default: return nil
        }
        if !isPossible { return nil }
    }

    /// The same said by parameters.
    init?(_ message: PDU.ShortMessage) {
        guard let reference = message.parameter(PDU.Tag.reference), reference.count == 2,
            let count = message.parameter(PDU.Tag.segmentCount)?.first,
            let number = message.parameter(PDU.Tag.segment)?.first
        else { return nil }
        self.init(
            reference: UInt16(reference[0]) << 8 | UInt16(reference[1]), count: count,
            number: number)
        if !isPossible { return nil }
    }

    private var isPossible: Bool { count > 0 && number > 0 && number <= count }
}

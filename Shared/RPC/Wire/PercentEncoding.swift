/// The encoding of `grpc-message`: printable ASCII but "%" as it is, all else as %XX; so is a space
/// at either end, where HTTP/2 has none in a field (RFC 9113, 8.2.1).
enum PercentEncoding {
    static func encode(_ text: String, limit: Int) -> [UInt8] {
        let space = UInt8(ascii: " ")
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for character in text {
            let start = result.count
            for byte in character.utf8 {
                let isPlain = (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "%")
                if isPlain, byte != space || !result.isEmpty {
                    result.append(byte)
                } else {
                    result.append(UInt8(ascii: "%"))
                    result.append(digits[Int(byte >> 4)])
                    result.append(digits[Int(byte & 15)])
                }
            }
            if result.count > limit {
                // Cut between characters, so that what is left is text.
                result.removeLast(result.count - start)
                break
            }
        }
        if result.last == space {
            result.removeLast()
            if result.count + 3 <= limit { result += Array("%20".utf8) }
        }
        return result
    }

    /// Decodes leniently, as the specification asks: a broken escape stays as it is.
    static func decode(_ bytes: some Collection<UInt8>) -> String {
        let input = Array(bytes)
        var output: [UInt8] = []
        output.reserveCapacity(input.count)
        var index = 0
        while index < input.count {
            if input[index] == UInt8(ascii: "%"), index + 2 < input.count,
                let high = digit(input[index + 1]), let low = digit(input[index + 2])
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(input[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

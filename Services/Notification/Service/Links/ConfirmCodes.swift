import Crypto
import Domain
import Foundation
import Runtime

/// The codes of links with which whoever got a notice confirms it, short enough for a message.
///
/// A code is the notice's ordinal and what HMAC-SHA256 makes of it, both in base 58: 10 digits of
/// proof are 58 bits, so that whoever guesses a thousand a second needs millions of years.
struct ConfirmCodes: Sendable {
    private let key: SymmetricKey

    private static let digits = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    private static let proofLength = 10
    private static let keyBytes = 32

    init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    /// Takes the key from its file, which is made at the first start.
    ///
    /// Throws `FileFailure` if it can neither be read nor made, or holds something else.
    init(file path: String) throws {
        if !FileManager.default.fileExists(atPath: path) {
            let fresh = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
            try PrivateFile.create(path, fresh)
        }
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count == Self.keyBytes
        else {
            throw FileFailure(
                path: path,
                reason: "it holds no key of \(Self.keyBytes) bytes; remove it and start again: "
                    + "links that were sent before will no longer open")
        }
        self.init(key: Array(bytes))
    }

    func code(of ordinal: Int64) -> String {
        let value = UInt64(ordinal)
        return Self.text(value, length: 1) + proof(of: value)
    }

    /// The notice that a code stands for; nil if nobody was given it.
    func ordinal(of code: String) -> Int64? {
        guard code.count > Self.proofLength else { return nil }
        var value: UInt64 = 0
        for digit in code.dropLast(Self.proofLength) {
            guard let number = Self.digits.firstIndex(of: digit) else { return nil }
            let (product, isTooBig) = value.multipliedReportingOverflow(
                by: UInt64(Self.digits.count))
            if isTooBig || product > UInt64(Int64.max) - UInt64(number) { return nil }
            value = product + UInt64(number)
        }
        // Every digit is looked at, so that time tells nothing of how many were right.
        let differences = zip(code.utf8.suffix(Self.proofLength), proof(of: value).utf8)
            .reduce(0) { $0 | ($1.0 ^ $1.1) }
        return differences == 0 && self.code(of: Int64(value)) == code ? Int64(value) : nil
    }

    private func proof(of value: UInt64) -> String {
        let authentication = HMAC<SHA256>.authenticationCode(
            for: Data("notice \(value)".utf8), using: key)
        let number = authentication.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        return String(Self.text(number, length: Self.proofLength).suffix(Self.proofLength))
    }

    private static func text(_ value: UInt64, length: Int) -> String {
        var (rest, text) = (value, "")
        while rest > 0 || text.count < length {
            text.insert(digits[Int(rest % UInt64(digits.count))], at: text.startIndex)
            rest /= UInt64(digits.count)
        }
        return text
    }
}

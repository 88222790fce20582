package import Domain
import Foundation

/// A mail as it goes over the wire: plain text in UTF-8.
package struct MailMessage: Equatable, Sendable {
    package var from: String
    /// What stands beside the address; may be Chinese.
    package var fromName: String
    package var to: String
    package var subject: String
    package var text: String
    /// Names the mail; the same for each attempt.
    package var id: String
    package var date: Instant
    /// Mail programs put it on top.
    package var isUrgent: Bool

    package init(
        from: String, fromName: String, to: String, subject: String, text: String, id: String,
        date: Instant, isUrgent: Bool = false
    ) {
        (self.from, self.fromName, self.to) = (from, fromName, to)
        (self.subject, self.text, self.id, self.date) = (subject, text, id, date)
        self.isUrgent = isUrgent
    }

    /// `<…@domain>`; what an address cannot hold is written as a number.
    package var messageID: String {
        let plain = id.utf8.map { byte -> String in
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic
                    || "0123456789-.".contains(
                        Character(scalar)))
            return isPlain ? String(Character(scalar)) : "=" + String(byte, radix: 16)
        }.joined()
        return "<\(plain.isEmpty ? "none" : plain)@\(Self.domain(of: from))>"
    }

    package static func domain(of address: String) -> String {
        address.split(separator: "@").last.map(String.init) ?? "localhost"
    }

    /// True for an address that can stand in a command: nothing in it ends the command.
    package static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.unicodeScalars.allSatisfy {
            (0x21...0x7E).contains($0.value) && !"<>\"\\,;:()[]".unicodeScalars.contains($0)
        }
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && isPlain
            && text.utf8.count <= 254
    }

    /// Header and body with CRLF at the end of each line, and without the closing dot.
    package var lines: [String] {
        var lines = [
            "From: \(fromName.isEmpty ? from : "\(Self.encoded(fromName)) <\(from)>")",
            "To: \(to)", "Subject: \(Self.encoded(subject))", "Date: \(Self.text(of: date))",
            "Message-ID: \(messageID)", "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
        ]
        if isUrgent { lines += ["Importance: high", "X-Priority: 1"] }
        return lines.flatMap { $0.components(separatedBy: "\r\n") } + [""] + Self.base64Lines(text)
    }

    /// 76 characters a line, so that no server has to fold them.
    private static func base64Lines(_ text: String) -> [String] {
        let crlf = text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
        let code = Array(Data(crlf.utf8).base64EncodedString())
        return stride(from: 0, to: code.count, by: 76).map {
            String(code[$0..<min($0 + 76, code.count)])
        }
    }

    /// A header's text (RFC 2047): as it is if it is plain ASCII, else in words of base64 that are
    /// cut between characters, each on a line of its own.
    package static func encoded(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) }
        if isPlain, text.utf8.count <= 60, !text.contains("=?") { return text }
        var (words, word) = ([String](), "")
        for character in text.unicodeScalars {
            // 45 bytes are 60 characters of base64; with its marks a word has 72 at most.
            if word.utf8.count + String(character).utf8.count > 45 {
                words.append(word)
                word = ""
            }
            // A line's end would begin another header.
            word.unicodeScalars.append(character.value < 0x20 ? " " : character)
        }
        return (words + [word]).map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }
            .joined(separator: "\r\n ")
    }

    /// `1 Nov 2021 08:00:00 +0800`.
    private static func text(of date: Instant) -> String {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let local = Zone.beijing.local(date)
        let time = local.text.suffix(8)
        return "\(local.day) \(months[Int(local.month) - 1]) \(local.year) \(time) +0800"
    }
}

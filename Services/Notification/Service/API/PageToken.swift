import Foundation

/// Says in which question a page ended, and where: opaque to the caller, who sends it back.
struct PageToken: Sendable {
    /// The list and all that narrows it down, in words that no other question has.
    private let question: String

    init(_ list: String, _ filters: String...) {
        question = ([list] + filters).joined(separator: "\u{1F}")
    }

    /// The token of the page that begins behind `place`.
    func after(_ place: [String]) -> String {
        // Strings are always JSON.
        let bytes = (try? JSONEncoder().encode([mark] + place)) ?? Data()
        return bytes.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    /// Where the page before ended; nil: there was none.
    func place(in token: String) throws(DeskRefusal) -> [String]? {
        if token.isEmpty { return nil }
        let padded =
            token.replacingOccurrences(of: "-", with: "+")
            .replacingOccurrences(of: "_", with: "/")
            + String(repeating: "=", count: (4 - token.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: padded),
            let parts = try? JSONDecoder().decode([String].self, from: bytes), parts.count > 1
        else { throw .badPageToken(token) }
        guard parts[0] == mark else { throw .otherPageToken }
        return Array(parts.dropFirst())
    }

    /// The same, where a page ends behind a row of a table.
    func ordinal(in token: String) throws(DeskRefusal) -> Int64 {
        guard let place = try place(in: token) else { return .max }
        guard let ordinal = place.first.flatMap({ Int64($0) }), ordinal > 0 else {
            throw .badPageToken(token)
        }
        return ordinal
    }

    /// What tells the question from others: FNV-1a of 64 bits.
    private var mark: String {
        let hash = question.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        return String(hash, radix: 36)
    }
}

extension Int {
    /// How many rows a page has: as many as asked for, up to the limit of the server.
    init(pageSize asked: UInt32, max limit: Int) {
        self = asked == 0 ? limit : Swift.min(Int(asked), limit)
    }
}

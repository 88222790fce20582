package import NIOCore

/// Puts together what somebody wrote in several parts, in whatever order they come.
package struct ReplyAssembly: Sendable {
    private struct Key: Hashable {
        var telephone: String
        var reference: UInt16
        var count: UInt8
    }

    private struct Entry {
        var texts: [UInt8: String]
        var since: NIODeadline
    }

    private var entries: [Key: Entry] = [:]

    package init() {}

    /// The whole text once the last part is there; nil while some are missing.
    ///
    /// A part that comes twice is taken once. Call `forget` when the whole has been stored, so
    /// that a last part that is sent again still finds the others.
    package mutating func add(_ part: ReplyPart, at now: NIODeadline) -> String? {
        guard let place = part.concatenation else { return part.text }
        drop(at: now)
        let key = Self.key(part, place)
        entries[key, default: Entry(texts: [:], since: now)].texts[place.number] = part.text
        guard let texts = entries[key]?.texts, texts.count == Int(place.count) else { return nil }
        return (1...place.count).compactMap { texts[$0] }.joined()
    }

    package mutating func forget(_ part: ReplyPart) {
        if let place = part.concatenation { entries[Self.key(part, place)] = nil }
    }

    var count: Int { entries.count }

    private static func key(_ part: ReplyPart, _ place: Concatenation) -> Key {
        Key(telephone: part.telephone, reference: place.reference, count: place.count)
    }

    /// Drops what has waited for its rest too long, and the oldest if there are too many.
    private mutating func drop(at now: NIODeadline) {
        entries = entries.filter { now - $0.value.since < ChannelLimits.replyPartsKeptFor }
        if entries.count >= ChannelLimits.repliesInPartsMax,
            let oldest = entries.min(by: { $0.value.since < $1.value.since })
        {
            entries[oldest.key] = nil
        }
    }
}

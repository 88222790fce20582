import Domain
import NotificationCore

/// Where a line stands in a list that is made anew for each page.
///
/// The lines before it may come and go from page to page: whoever goes on behind the place of the
/// last line misses none that stayed as it was, and sees none of them twice.
protocol Place: Comparable, Sendable {
    var words: [String] { get }
    /// nil: the words are not those of such a place.
    init?(words: [String])
}

extension PageToken {
    /// The lines of the page that `token` asks for, and the token of the next; empty: the last.
    func page<Line, At: Place>(
        of all: [Line], token: String, size: Int, at place: (Line) -> At
    ) throws(DeskRefusal) -> (lines: [Line], next: String) {
        var rest = all[...]
        if let words = try self.place(in: token) {
            guard let end = At(words: words) else { throw .badPageToken(token) }
            rest = rest.drop { place($0) <= end }
        }
        let lines = Array(rest.prefix(size))
        guard rest.count > size, let last = lines.last else { return (lines, "") }
        return (lines, after(place(last).words))
    }
}

extension NotificationMachine.Due.Place: Place {
    var words: [String] { ["\(time.unixMilliseconds)", "\(obligation)", caseID.text] }

    init?(words: [String]) {
        guard words.count == 3, let time = Int64(words[0]), let number = Int(words[1]) else {
            return nil
        }
        self.init(
            time: Instant(unixMilliseconds: time), caseID: CaseID(words[2]), obligation: number)
    }
}

/// Where a role that nobody fills stands: by source, the gravest level first.
struct GapPlace: Place {
    var source: String
    /// How far below the highest level.
    var below: Int
    var role: String
    var text: String

    init(_ gap: NotificationMachine.Gap) {
        source = gap.source?.text ?? ""
        below = WarningLevel.red.order - gap.level.order
        (role, text) = (gap.role.text, gap.text)
    }

    init?(words: [String]) {
        guard words.count == 4, let below = Int(words[1]) else { return nil }
        (source, self.below, role, text) = (words[0], below, words[2], words[3])
    }

    var words: [String] { [source, "\(below)", role, text] }

    static func < (left: Self, right: Self) -> Bool {
        (left.source, left.below, left.role, left.text)
            < (right.source, right.below, right.role, right.text)
    }
}

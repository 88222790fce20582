/// Finds what somebody probably meant to write.
package enum EditDistance {
    /// The nearest of `candidates`; nil if none is near enough to be meant.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let distances = candidates.map { (distance(word, $0), $0) }
        guard let (distance, nearest) = distances.min(by: { $0 < $1 }) else { return nil }
        return distance <= max(2, word.count / 2) ? nearest : nil
    }

    /// How many letters must be put in, taken away or changed.
    package static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let above = row[column + 1]
                let change = diagonal + (letter == other ? 0 : 1)
                row[column + 1] = min(change, above + 1, row[column] + 1)
                diagonal = above
            }
        }
        return row[right.count]
    }
}

/// A telephone number as a gateway wants it: digits, and whether they begin with a country.
package struct Telephone: Equatable, Sendable {
    package var digits: String
    package var isInternational: Bool

    /// Nil if `text` holds anything but digits and what people write between them.
    package init?(_ text: String) {
        var rest = Substring(text.filter { !" -()\u{A0}".contains($0) })
        isInternational = rest.hasPrefix("+")
        if isInternational { rest = rest.dropFirst() }
        // The longest that SMPP has room for.
        guard (3...20).contains(rest.count), rest.allSatisfy({ ("0"..."9").contains($0) }) else {
            return nil
        }
        digits = String(rest)
    }

    /// With `prefix` in front unless it begins with a country already.
    func withCountry(_ prefix: String) -> Telephone {
        var number = self
        if !isInternational, !prefix.isEmpty {
            (number.digits, number.isInternational) = (prefix + digits, true)
        }
        return number
    }

    /// The digits alone, for comparing two numbers; `prefix` is taken off the front.
    package static func digits(of text: String, without prefix: String = "") -> String {
        let digits = text.filter { ("0"..."9").contains($0) }
        return !prefix.isEmpty && digits.hasPrefix(prefix)
            ? String(digits.dropFirst(prefix.count)) : digits
    }
}

/// A telephone number however it is written: with blanks, dashes or the country in front.
///
/// Gateways report bare digits, with the country's prefix or without; registries hold what people
/// wrote. What holds fewer than five digits stands for itself.
struct TelephoneKey: Hashable {
    let text: String

    init(_ written: String) {
        var digits = written.filter { ("0"..."9").contains($0) }
        if digits.hasPrefix("0086") {
            digits.removeFirst(4)
        } else if digits.hasPrefix("86"), digits.count == 13 {
            digits.removeFirst(2)
        }
        text = digits.count < 5 ? written : digits
    }
}

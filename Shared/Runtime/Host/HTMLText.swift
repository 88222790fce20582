extension String {
    /// The text as HTML shows it, in elements and in quoted attributes.
    package var asHTML: String {
        // By code points: a mark above a sign makes one character with it, and hides it from none.
        unicodeScalars.reduce(into: "") { all, scalar in
            switch scalar {
            case "&": all += "&amp;"
            case "<": all += "&lt;"
            case ">": all += "&gt;"
            case "\"": all += "&quot;"
            case "'": all += "&#39;"
            case _: all.unicodeScalars.append(scalar)
            }
        }
    }
}

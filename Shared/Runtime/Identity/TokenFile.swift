import Foundation

/// A file that holds a token in one line, as `hazwatch token issue --to` writes it.
package enum TokenFile {
    package static func read(_ path: String) throws(TokenFileFailure) -> String {
        guard let content = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw TokenFileFailure(reason: "the file \(path) cannot be read")
        }
        let token = content.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.allSatisfy({ $0.isASCII && !$0.isWhitespace }) else {
            throw TokenFileFailure(reason: "\(path) does not hold a token")
        }
        return token
    }
}

/// Why a token file cannot be used.
package struct TokenFileFailure: Error, CustomStringConvertible {
    package var reason: String

    package var description: String {
        "No token: \(reason). Make one with `hazwatch token issue --to FILE`."
    }
}

import Foundation
import Testing

/// Nothing of real persons, real hosts or one machine's disk is in the repository.
enum Hygiene {
    static let bytesMax = 200_000

    struct Rule {
        var pattern: String
        var wrong: String
        var instead: String
        /// What may stand all the same.
        var allowed: @Sendable (String) -> Bool = { _ in false }
    }

    static let rules = [
        Rule(
            pattern: #"(?<![0-9A-Za-z._-])\d{11}(?![0-9A-Za-z_-])"#,
            wrong: "a number of eleven digits, like a telephone's",
            instead: "use a plain name such as phone-1, or group its digits with _"),
        Rule(
            pattern: #"(?<![\w.+-])[\w.+-]{1,64}@([A-Za-z0-9-]{1,63}\.){1,9}[A-Za-z]{2,}"#,
            wrong: "a mail address", instead: "use one under .test or .example",
            allowed: { $0.hasSuffix(".test") || $0.hasSuffix(".example") }),
        Rule(
            pattern: #"(?<![0-9.])\d{1,3}(\.\d{1,3}){3}(?![0-9.])"#,
            wrong: "an address that is not this machine's",
            instead: "use 127.0.0.1, or 192.0.2.1, which is kept for documents",
            allowed: { address in
                // The private networks as such are no machine.
                if ["10.0.0.0", "172.16.0.0", "192.168.0.0"].contains(address) { return true }
                return ["127.", "0.0.0.0", "192.0.2.", "198.51.100.", "203.0.113."].contains {
                    address.hasPrefix($0)
                }
            }),
        Rule(
            pattern: #"(?<![A-Za-z0-9._~-])/(work|root|home/[a-z]+|Users/[A-Za-z]+)/"#,
            wrong: "a path of one machine", instead: "use a path from the root of the repository"),
    ]

    static func check(_ file: SourceFile) throws -> [Finding] {
        var findings: [Finding] = []
        if file.text.utf8.count > bytesMax, !file.isGenerated {
            findings.append(
                file.finding(
                    1, "the file has \(file.text.utf8.count) bytes",
                    "at most \(bytesMax): make it smaller, or make it in the test"))
        }
        guard !file.isGenerated else { return findings }
        let text = file.text as NSString
        for rule in rules {
            let pattern = try NSRegularExpression(pattern: rule.pattern)
            let all = NSRange(location: 0, length: text.length)
            for match in pattern.matches(in: file.text, range: all) {
                guard !rule.allowed(text.substring(with: match.range)) else { continue }
                let before = text.substring(to: match.range.location)
                let line = before.utf8.count { $0 == UInt8(ascii: "\n") } + 1
                findings.append(file.finding(line, rule.wrong, rule.instead))
            }
        }
        return findings
    }
}

@Suite struct HygieneTests {
    @Test func nothingPrivateIsKept() throws {
        let known = "Tests/Tidy/HygieneTests.swift"
        expectNone(try House.files.filter { $0.path != known }.flatMap(Hygiene.check))
    }

    @Test(arguments: [
        "phone: 13800138000", "mail to someone@company.com", "listen: 10.1.2.3:7401",
        "see /" + "root/.ssh", "open(\"/" + "work/x\")", "/" + "home/anna/plan",
    ])
    func privateThingsAreFound(text: String) throws {
        #expect(try Hygiene.check(SourceFile("docs/X.md", text)).count == 1)
    }

    @Test(arguments: [
        "1635724800000", "13_800_138_000", "desk@county.example", "127.0.0.1 and 0.0.0.0",
        "in 10.0.0.0/8, 172.16.0.0/12",
        "version 1.2.3", "Tests/root/x and framework/root/", "hash 12345678901abc",
    ])
    func plainThingsPass(text: String) throws {
        #expect(try Hygiene.check(SourceFile("docs/X.md", text)).isEmpty)
    }

    @Test func largeFilesAreFound() throws {
        let text = String(repeating: "x", count: Hygiene.bytesMax + 1)
        #expect(try Hygiene.check(SourceFile("Tests/data.csv", text)).count == 1)
    }
}

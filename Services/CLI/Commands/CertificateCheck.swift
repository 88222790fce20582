import ArgumentParser
import Contracts
import Domain
import Foundation
import Storage

extension AuditCommand {
    struct CheckCertificate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "certificate",
            abstract: "Compare a certificate with the journal that it rests on, without a service.",
            discussion: """
                Makes the certificate anew from the entries that it names and compares every \
                letter; exit code 1 if anything differs.
                """)

        @Argument(help: "The certificate, FILE.json of `hazwatch case certify`.")
        var file: String

        @OptionGroup var folder: DataFolder
        @OptionGroup var output: OutputOptions

        func run() throws {
            let text = try read()
            let claim = try Claim(text, file: file)
            let path = folder.path + "/notification/notification.sqlite"
            let found = try JournalAudit.entries(subject: claim.caseID, path: path)
            let named = found.filter { claim.seqs.contains($0.seq) }
            let missing = claim.seqs.count - named.count
            let made = Certificate(named.map(JournalV1.Entry.init))?.json(zone: claim.zone)
            let report = try JournalAudit.verify(path: path)
            let isSame = made == text && missing == 0
            output.print(
                Record([
                    Field("case", "case", .text(claim.caseID)),
                    Field("same", "as the journal says", .flag(isSame)),
                    Field("clean", "journal clean", .flag(report.isClean)),
                    Field("entries", "entries", .count(Int64(claim.seqs.count))),
                    Field("missing", "not in the journal", .count(Int64(missing))),
                    Field(
                        "further", "entries since, or not shown to its maker",
                        .count(Int64(found.count - named.count))),
                    Field("head", "head", .text(report.head.description)),
                ]))
            guard isSame, report.isClean else {
                throw Failure.refused(
                    isSame
                        ? "The journal itself cannot be trusted as a whole."
                        : "The certificate does not say what the journal says.",
                    next: "Keep both files as evidence; `hazwatch audit verify` says more.")
            }
        }

        private func read() throws -> String {
            do {
                return try String(contentsOfFile: file, encoding: .utf8)
            } catch {
                throw Failure.refused("\(file) cannot be read.", next: "Name a certificate.")
            }
        }
    }
}

/// What a certificate says of itself.
private struct Claim {
    var caseID: String
    var zone: Zone
    var seqs: Set<UInt64>

    private struct Outline: Decodable {
        struct Subject: Decodable { var id: String }
        struct Line: Decodable { var seq: UInt64 }
        var format: String
        var zone: String
        var `case`: Subject
        var journal: [Line]
    }

    init(_ text: String, file: String) throws {
        guard let outline = try? JSONDecoder().decode(Outline.self, from: Data(text.utf8)),
            outline.format == "hazwatch-certificate-1", let zone = TimeText.zone(outline.zone)
        else {
            throw Failure.refused(
                "\(file) is no certificate of Hazwatch.",
                next: "Name the FILE.json that `hazwatch case certify` wrote.")
        }
        (caseID, self.zone) = (outline.case.id, zone)
        seqs = Set(outline.journal.map(\.seq))
    }
}

extension JournalV1.Entry {
    /// The parts of an entry that a certificate rests on.
    fileprivate init(_ entry: JournalEntry) {
        self.init(
            seq: entry.seq, atUnixMs: entry.at.unixMilliseconds, kind: entry.kind,
            subject: entry.subject, nodeID: entry.node.text, body: entry.body, hash: entry.hash)
    }
}

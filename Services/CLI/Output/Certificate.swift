import Contracts
import Domain
import Runtime

/// The certificate of a case 履行证明: each obligation with due, done, by whom, proof, and the entries
/// of the journal that it rests on.
struct Certificate: Sendable {
    /// One obligation, with the entry that holds its last state.
    struct Row: Sendable {
        var obligation: NotificationV1.Obligation
        var seq: UInt64
        var hash: String
    }

    let one: NotificationV1.Case
    let rows: [Row]
    let documents: [NotificationV1.Document]
    let declarations: [NotificationV1.Declaration]
    /// All entries of the case: number and hash, in order.
    let entries: [(seq: UInt64, at: Int64, kind: String, hash: String)]

    /// The certificate that these entries of notification's journal make: the same entries always
    /// give the same one. nil: they are about no case.
    init?(_ journal: [JournalV1.Entry]) {
        var one: NotificationV1.Case?
        var rows: [Row] = []
        var documents: [NotificationV1.Document] = []
        var declarations: [NotificationV1.Declaration] = []
        for entry in journal {
            guard let kind = JournalKind(rawValue: entry.kind),
                let record = try? JournalRecord(kind: kind, body: entry.body)
            else { continue }
            switch record {
            case .caseOpened(let now), .caseLevelChanged(let now), .caseCleared(let now),
                .caseClosed(let now):
                one = now
            case .obligationChanged(let obligation):
                let row = Row(
                    obligation: obligation, seq: entry.seq, hash: Self.hexadecimal(entry.hash))
                if let index = rows.firstIndex(where: { $0.obligation.id == obligation.id }) {
                    rows[index] = row
                } else {
                    rows.append(row)
                }
            case .documentDrafted(let document), .documentIssued(let document):
                if let index = documents.firstIndex(where: { $0.id == document.id }) {
                    documents[index] = document
                } else {
                    documents.append(document)
                }
            case .declared(let declaration): declarations.append(declaration)
            case _: break
            }
        }
        guard let one else { return nil }
        (self.one, self.rows, self.documents) = (one, rows, documents)
        self.declarations = declarations
        entries = journal.map { ($0.seq, $0.atUnixMs, $0.kind, Self.hexadecimal($0.hash)) }
    }

    /// How many were done late or not at all.
    var faults: Int {
        rows.count { [.late, .missed, .ended].contains($0.obligation.state) }
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    // MARK: JSON

    func json(zone: Zone) -> String {
        let record = Record([
            Field("format", nil, .text("hazwatch-certificate-1")),
            Field("zone", nil, .text(zone.name)),
            Field("case", nil, .record(Record(one))),
            Field(
                "obligations", nil,
                .records(
                    rows.map { row in
                        Record(
                            Record(row.obligation).fields + [
                                Field("journal_seq", nil, .position(row.seq)),
                                Field("journal_hash", nil, .text(row.hash)),
                            ])
                    })),
            Field("documents", nil, .records(documents.map(Record.init))),
            Field("declarations", nil, .records(declarations.map(Record.init))),
            Field(
                "journal", nil,
                .records(
                    entries.map { entry in
                        Record([
                            Field("seq", nil, .position(entry.seq)),
                            Field("at", nil, .at(entry.at)),
                            Field("kind", nil, .text(entry.kind)),
                            Field("hash", nil, .text(entry.hash)),
                        ])
                    })),
        ])
        return record.json(zone: zone).pretty + "\n"
    }

    // MARK: HTML

    /// One page to print, without anything from outside.
    func html(zone: Zone) -> String {
        let facts: [(String, String)] = [
            ("企业 Enterprise", one.enterpriseName), ("重大危险源 Source", one.hazardSourceName),
            ("最高级别 Highest level", (try? WarningLevel(one.highestLevel))?.colour ?? "-"),
            ("开始 Opened", time(one.openedAtUnixMs, zone)),
            ("消警 Cleared", time(one.clearedAtUnixMs, zone)),
            ("闭环 Closed", time(one.closedAtUnixMs, zone)), ("规则 Rules", one.profile),
            ("原因 Cause", one.cause),
        ]
        let body = rows.map { row in
            let obligation = row.obligation
            let proof = obligation.proof.map { "\($0.part): \($0.text)" }.joined(separator: "; ")
            return [
                obligation.title, obligation.owner.isEmpty ? "系统 system" : obligation.owner,
                time(obligation.openedAtUnixMs, zone),
                obligation.dueAtUnixMs == 0 ? "立即 at once" : time(obligation.dueAtUnixMs, zone),
                JournalText.state(obligation.state), time(obligation.stateAtUnixMs, zone),
                obligation.by, proof, obligation.clause,
                row.seq == 0 ? "-" : "#\(row.seq) \(row.hash.prefix(16))",
            ]
        }
        let heads = [
            "事项 Obligation", "责任 Owner", "起 Opened", "时限 Due", "状态 State", "时间 Since",
            "办理 By", "依据 Proof", "条款 Clause", "日志 Journal",
        ]
        let drill = one.isDrill ? "<p class=\"drill\">演练 DRILL</p>" : ""
        return """
            <!DOCTYPE html>
            <html lang="zh-CN"><head><meta charset="utf-8"><title>\(one.id.asHTML)</title>
            <style>
            body { font: 11pt/1.5 "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; margin: 15mm }
            h1 { font-size: 16pt } table { border-collapse: collapse; width: 100%; font-size: 9pt }
            th, td { border: 0.5pt solid #444; padding: 2pt 4pt; text-align: left; vertical-align: top }
            dt { float: left; clear: left; width: 14em; color: #333 } dd { margin: 0 0 0 14em }
            .drill { border: 2pt solid #000; padding: 4pt; font-weight: bold }
            @page { size: A4 landscape; margin: 12mm }
            </style></head><body>
            <h1>履行证明 Certificate · \(one.id.asHTML)</h1>\(drill)
            <dl>\(facts.map { "<dt>\($0.0)</dt><dd>\($0.1.asHTML)</dd>" }.joined())</dl>
            <table><thead><tr>\(heads.map { "<th>\($0)</th>" }.joined())</tr></thead><tbody>
            \(body.map { row in
                "<tr>" + row.map { "<td>\($0.asHTML)</td>" }.joined() + "</tr>"
            }.joined(separator: "\n"))
            </tbody></table>
            <p>\(entries.count) 条日志 journal entries, #\(entries.first?.seq ?? 0)–#\
            \(entries.last?.seq ?? 0), \(entries.last?.hash ?? "-")</p>
            </body></html>

            """
    }

    private func time(_ unixMilliseconds: Int64, _ zone: Zone) -> String {
        unixMilliseconds == 0
            ? "-" : TimeText.precise(Instant(unixMilliseconds: unixMilliseconds), zone)
    }
}

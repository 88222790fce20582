import ArgumentParser
import Contracts
import Domain

extension PresenceCommand {
    /// How old the newest data are, by enterprise and family (ING-02).
    struct Freshness: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How old the newest data of enterprises are, family by family.",
            discussion: """
                Six families are asked of ingest and the warning data of risk. \"never\" says that \
                there never was any of a family; \"unknown\" that risk could not be asked.
                """)

        @Option(name: .long, help: "Only enterprises under this node.")
        var under: String = ""

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            var now: Int64 = 0
            let all = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.PresenceService.listFreshness,
                        IngestV1.ListFreshnessRequest(
                            underNodeID: under, pageSize: size, pageToken: token))
                    now = answer.nowUnixMs
                    return (answer.enterprises, answer.nextPageToken)
                }
            }
            let warnings = await warnings()
            output.print(
                all.map { FreshnessRow($0, warnings: warnings, now: now).record },
                empty: "No enterprise is registered there.")
        }

        /// When the level of each enterprise last changed; nil: risk did not answer.
        private func warnings() async -> [String: Int64]? {
            do {
                let answer = try await Connection.with(.risk, connection) {
                    try await $0.unary(
                        RiskV1.RiskService.listWarnings, RiskV1.ListWarningsRequest())
                }
                // A source that never changed has no level before.
                return Dictionary(
                    answer.warnings.filter { $0.changedAtUnixMs > 0 }
                        .map { ($0.enterpriseID, $0.changedAtUnixMs) },
                    uniquingKeysWith: max)
            } catch {
                Terminal.error("note: risk was not asked for warning data: \(error)")
                return nil
            }
        }
    }
}

/// One enterprise with the ages of what it hands in.
struct FreshnessRow {
    var freshness: IngestV1.EnterpriseFreshness
    /// Nil: nobody knows.
    var warnings: [String: Int64]?
    var now: Int64

    init(
        _ freshness: IngestV1.EnterpriseFreshness, warnings: [String: Int64]?, now: Int64
    ) {
        (self.freshness, self.warnings, self.now) = (freshness, warnings, now)
    }

    var record: Record {
        var families = freshness.families.map { family in
            field(family.family, family.title, known: true, family.newestUnixMs)
        }
        let warning = field(
            "warning", "预警数据", known: warnings != nil,
            warnings?[freshness.enterpriseID])
        families.insert(warning, at: min(3, families.count))
        return Record(
            [
                Field("enterprise", "enterprise", .text(freshness.enterpriseID)),
                Field("name", "name", .text(freshness.name)),
            ] + families.flatMap(\.self))
    }

    private func field(
        _ key: String, _ title: String, known: Bool, _ newest: Int64?
    ) -> [Field] {
        let age = newest.map { Interval(milliseconds: max(0, now - $0)) }
        let word = known ? "never" : "unknown"
        return [
            Field(
                key, title,
                .word(age == nil ? word : "known", shown: age.map(TimeText.text) ?? word)),
            Field(key + "_newest", nil, .time(newest.map { Instant(unixMilliseconds: $0) })),
            Field(key + "_age_ms", nil, age.map { .count($0.milliseconds) } ?? .none),
        ]
    }
}

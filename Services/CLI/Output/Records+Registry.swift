import Contracts

extension IngestV1.EntryChange {
    var record: Record {
        Record([
            Field("kind", "kind", .text(kind)),
            Field("id", "id", .text(id)),
            Field("name", "name", .text(name)),
            Field("is_new", "new", .flag(isNew)),
            Field(
                "fields", "fields",
                .records(
                    fields.map { field in
                        Record([
                            Field("field", "field", .text(field.field)),
                            Field("before", "before", .text(field.before)),
                            Field("after", "after", .text(field.after)),
                        ])
                    })),
        ])
    }
}

extension CommonV1.Mistake {
    var record: Record {
        Record([
            Field("line", "line", .count(Int64(line))),
            Field("text", "remark", .text(text)),
        ])
    }
}

extension IngestV1.Pack {
    var record: Record {
        Record([
            Field("id", "pack", .text(id)),
            Field("version", "version", .text(version)),
            Field("title", "title", .text(title)),
            Field(
                "standards", nil,
                .records(standards.map { Record([Field("title", "title", .text($0))]) })),
            Field("indicators", "indicators", .records(indicators.map(\.record))),
            Field("kinds", "kinds", .records(kinds.map(\.record))),
            Field(
                "lists", "lists",
                .records(
                    lists.map { list in
                        Record([
                            Field("id", "id", .text(list.id)),
                            Field("title", "title", .text(list.title)),
                            Field("words", "words", .records(list.words.map(\.record))),
                        ])
                    })),
        ])
    }
}

extension IngestV1.PackWord {
    fileprivate var record: Record {
        Record([Field("id", "id", .text(id)), Field("title", "title", .text(title))])
    }
}

extension IngestV1.PackIndicator {
    fileprivate var record: Record {
        Record([
            Field("id", "id", .text(id)),
            Field("title", "title", .text(title)),
            Field("units", "units", .text(units.joined(separator: " "))),
            Field("is_gas", "gas", .flag(isGas)),
            Field("is_discrete", "on/off", .flag(isDiscrete)),
        ])
    }
}

extension IngestV1.PackKind {
    fileprivate var record: Record {
        Record([
            Field("of", "of", .text(of)),
            Field("kind", "kind", .text(kind)),
            Field("title", "title", .text(title)),
            Field("under", "under", .text(under.joined(separator: " "))),
            Field(
                "facts", "facts",
                .records(
                    facts.map { fact in
                        Record([
                            Field("id", "id", .text(fact.id)),
                            Field("title", "title", .text(fact.title)),
                            Field("type", "type", .text(fact.type)),
                            Field("is_required", "required", .flag(fact.isRequired)),
                            Field("is_many", "several", .flag(fact.isMany)),
                            Field("clause", "clause", .text(fact.clause)),
                        ])
                    })),
        ])
    }
}

extension IngestV1.DeviceThresholds {
    var record: Record {
        Record([
            Field("device", "device", .text(deviceID)),
            Field("name", "name", .text(deviceName)),
            Field("node", "belongs to", .text(nodeID)),
            Field("expected", "expected", .count(Int64(expected))),
            Field("present", "present", .count(Int64(present))),
            Field("verified", "verified", .count(Int64(verified))),
            Field("state", "state", .text(state)),
            Field(
                "lack", "what is missing",
                .text(
                    indicators.filter { !$0.lack.isEmpty }.map { "\($0.indicator): \($0.lack)" }
                        .joined(separator: "; "))),
            Field("indicators", nil, .records(indicators.map(\.record))),
        ])
    }
}

extension IngestV1.IndicatorThresholds {
    fileprivate var record: Record {
        Record([
            Field("indicator", "indicator", .text(indicator)),
            Field("point", "point", .text(pointID)),
            Field("present", "present", .count(Int64(present))),
            Field("verified_by", "verified by", .text(verifiedBy)),
            Field("verified_on", "on", .text(verifiedOn)),
            Field("evidence", "evidence", .text(evidence)),
            Field("reason", "reason", .text(reason)),
            Field("lack", "what is missing", .text(lack)),
        ])
    }
}

extension IngestV1.CoverageRow {
    var record: Record {
        Record([
            Field("node", "belongs to", .text(nodeID)),
            Field("hazard_source", "source", .text(hazardSourceID)),
            Field("kind", "kind", .text(kind)),
            Field("id", "id", .text(id)),
            Field("name", "name", .text(name)),
            Field("expected", "expected", .text(expected)),
            Field("state", "state", .text(state)),
            Field("found", "found", .count(Int64(found))),
            Field("reason", "reason", .text(reason)),
            Field("clause", "clause", .text(clause)),
        ])
    }
}

extension IngestV1.ScopeRow {
    var record: Record {
        Record([
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("name", "name", .text(enterpriseName)),
            Field("pack", "pack", .text(pack)),
            Field("rule", "rule", .text(rule)),
            Field("number", "number", .text(number)),
            Field("by", "by", .text(by)),
            Field("state", "state", .text(state)),
            Field("clause", "clause", .text(clause)),
        ])
    }
}

import Contracts
import Domain
import IngestCore

extension IngestV1.EntryChange {
    init(_ change: EntryChange) {
        self.init(
            kind: change.kind.rawValue, id: change.id, name: change.name, isNew: change.isNew,
            fields: change.fields.map { IngestV1.FieldChange($0.masked(for: change.kind)) })
    }
}

extension IngestV1.FieldChange {
    init(_ change: FieldChange) {
        self.init(field: change.field, before: change.before, after: change.after)
    }
}

extension IngestV1.Pack {
    init(_ pack: Pack) {
        self.init(
            id: pack.id, version: pack.version.text, title: pack.title, standards: pack.standards)
        indicators = pack.indicators.map { form in
            IngestV1.PackIndicator(
                id: form.id, title: form.title, units: form.units, isGas: form.isGas,
                isDiscrete: form.isDiscrete, requires: form.requires)
        }
        kinds = pack.kinds.map { kind in
            IngestV1.PackKind(
                of: kind.of.rawValue, kind: kind.kind, title: kind.title,
                under: kind.under.map(\.rawValue),
                facts: kind.facts.map { IngestV1.PackFact($0) })
        }
        lists = pack.lists.map { list in
            IngestV1.PackList(
                id: list.id, title: list.title,
                words: list.words.map { IngestV1.PackWord(id: $0.id, title: $0.title) })
        }
    }
}

extension IngestV1.PackFact {
    fileprivate init(_ fact: FactForm) {
        self.init(
            id: fact.id, title: fact.title, type: fact.kind.rawValue,
            isRequired: fact.isRequired, isMany: fact.isMany, words: fact.words,
            clause: fact.clause)
    }
}

extension IngestV1.DeviceThresholds {
    init(_ one: DeviceThresholds) {
        self.init(
            deviceID: one.device.text, deviceName: one.name, nodeID: one.node?.text ?? "",
            expected: UInt32(clamping: one.expected), present: UInt32(clamping: one.present),
            verified: UInt32(clamping: one.verified),
            state: one.isVerified ? "verified" : "unverified",
            indicators: one.indicators.map { indicator in
                IngestV1.IndicatorThresholds(
                    indicator: indicator.indicator, pointID: indicator.point?.text ?? "",
                    present: UInt32(clamping: indicator.present),
                    verifiedBy: indicator.verifiedBy, verifiedOn: indicator.verifiedOn,
                    evidence: indicator.evidence, reason: indicator.reason, lack: indicator.lack)
            })
    }
}

extension IngestV1.CoverageRow {
    init(_ row: CoverageRow) {
        self.init(
            nodeID: row.node.text, hazardSourceID: row.source?.text ?? "",
            kind: row.subject.kind.rawValue, id: row.subject.id, name: row.name,
            expected: row.expected, state: row.state.rawValue, found: UInt32(clamping: row.found),
            reason: row.reason, clause: row.clause)
    }
}

extension IngestV1.ScopeRow {
    init(_ row: ScopeRow) {
        self.init(
            enterpriseID: row.enterprise.text, enterpriseName: row.name, pack: row.pack,
            rule: row.rule, number: row.number, by: row.by.text, state: row.state.rawValue,
            clause: row.clause)
    }
}

import Contracts
import Domain
import IngestCore

extension IngestV1.Filing {
    init(_ filing: OutageFiling) {
        self.init(
            id: filing.id.text, enterpriseID: filing.enterprise.text,
            pointIDs: filing.points.map(\.text), deviceIDs: filing.named.devices.map(\.text),
            cause: filing.cause.rawValue, reason: filing.reason,
            startUnixMs: filing.startAt.unixMilliseconds,
            endUnixMs: filing.endAt.unixMilliseconds,
            expectedEndUnixMs: filing.named.endAt.unixMilliseconds, disables: filing.disables,
            evidence: filing.evidence.map { IngestV1.Evidence($0) }, sentBy: filing.sentBy,
            sentUnixMs: filing.sentAt.unixMilliseconds, addresseeID: filing.addressee.text,
            clause: filing.clause, state: filing.state.rawValue,
            extensions: filing.extensions.map { later in
                IngestV1.FilingExtension(
                    untilUnixMs: later.until.unixMilliseconds, reason: later.reason, by: later.by,
                    askedUnixMs: later.at.unixMilliseconds)
            }, extensionWaits: filing.pending != nil,
            verifications: filing.verifications.map { IngestV1.FilingVerification($0) },
            endedUnixMs: filing.ended?.at.unixMilliseconds ?? 0, endedBy: filing.ended?.by ?? "",
            endedReason: filing.ended?.reason ?? "",
            waitsSinceUnixMs: filing.waitsSince.unixMillisecondsOrZero,
            nudgeCount: UInt32(clamping: filing.nudgeCount),
            nudgedUnixMs: filing.nudgedAt.unixMillisecondsOrZero)
    }
}

extension IngestV1.FilingVerification {
    fileprivate init(_ verification: OutageFiling.Verification) {
        self.init(
            verdict: verification.verdict.rawValue, method: verification.method.rawValue,
            finding: verification.finding,
            evidence: verification.evidence.map { IngestV1.Evidence($0) },
            untilUnixMs: verification.until.unixMilliseconds, by: verification.by,
            nodeID: verification.node.text, verifiedUnixMs: verification.at.unixMilliseconds)
    }
}

extension IngestV1.Evidence {
    init(_ evidence: Evidence) { self.init(name: evidence.name, sha256: evidence.digest) }
}

extension Evidence {
    init(_ evidence: IngestV1.Evidence) {
        self.init(name: evidence.name, digest: evidence.sha256)
    }
}

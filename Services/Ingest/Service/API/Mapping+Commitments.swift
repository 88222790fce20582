import Contracts
import Domain
import IngestCore

extension IngestV1.Commitment {
    init(_ commitment: Commitment) {
        self.init(
            enterpriseID: commitment.enterprise.text, day: commitment.day.text,
            dueUnixMs: commitment.dueAt.unixMillisecondsOrZero,
            sentUnixMs: commitment.sentAt.unixMilliseconds, isLate: commitment.isLate,
            clause: commitment.clause,
            versions: commitment.versions.map { IngestV1.CommitmentVersion($0) })
    }
}

extension IngestV1.Commitment {
    /// With the texts of the items masked as telephone numbers are.
    func masked(_ hidden: [String]) -> IngestV1.Commitment {
        var commitment = self
        commitment.versions = versions.map { version in
            var version = version
            version.items = version.items.map { item in
                guard hidden.contains(item.id), case .text(let text)? = item.value else {
                    return item
                }
                return IngestV1.CommitmentItem(id: item.id, value: .text(maskedTelephone(text)))
            }
            return version
        }
        return commitment
    }
}

extension IngestV1.CommitmentVersion {
    fileprivate init(_ version: Commitment.Version) {
        let (content, signature) = (version.content, version.signature)
        self.init(
            items: content.items.map { IngestV1.CommitmentItem($0) },
            works: content.works.map { IngestV1.DeclaredWork($0) },
            lateReason: content.lateReason, lateText: content.lateText,
            correctionReason: content.correctionReason, signedBy: signature.by.text,
            signedName: signature.name, delegationID: signature.delegation?.text ?? "",
            sentUnixMs: version.sentAt.unixMilliseconds, form: version.form)
    }
}

extension IngestV1.CommitmentItem {
    init(_ item: CommitmentItem) {
        let value: Value =
            switch item.value {
            case .number(let number): .number(number)
            case .flag(let flag): .flag(flag)
            case .choice(let word): .choice(word)
            case .text(let text): .text(text)
            }
        self.init(id: item.id, value: value)
    }
}

extension CommitmentItem {
    /// Nil: there is no answer.
    init?(_ item: IngestV1.CommitmentItem) {
        switch item.value {
        case .number(let number)?: self.init(item.id, .number(number))
        case .flag(let flag)?: self.init(item.id, .flag(flag))
        case .choice(let word)?: self.init(item.id, .choice(word))
        case .text(let text)?: self.init(item.id, .text(text))
        case nil: return nil
        }
    }
}

extension IngestV1.DeclaredWork {
    init(_ work: DeclaredWork) {
        self.init(
            kind: work.kind, place: work.place, deviceID: work.device?.text ?? "",
            hazardSourceID: work.hazardSource?.text ?? "",
            fromUnixMs: work.from.unixMilliseconds, toUnixMs: work.to.unixMilliseconds,
            inCharge: work.inCharge, isContracted: work.isContracted, content: work.content,
            permit: work.permit)
    }
}

extension DeclaredWork {
    init(_ work: IngestV1.DeclaredWork) {
        self.init(
            kind: work.kind, place: work.place,
            device: work.deviceID.isEmpty ? nil : DeviceID(work.deviceID),
            hazardSource: work.hazardSourceID.isEmpty ? nil : HazardSourceID(work.hazardSourceID),
            from: Instant(unixMilliseconds: work.fromUnixMs),
            to: Instant(unixMilliseconds: work.toUnixMs), inCharge: work.inCharge,
            isContracted: work.isContracted, content: work.content, permit: work.permit)
    }
}

extension CommitmentContent {
    init(_ request: IngestV1.FileCommitmentRequest) {
        self.init(
            items: request.items.compactMap { CommitmentItem($0) },
            works: request.works.map { DeclaredWork($0) }, lateReason: request.lateReason,
            lateText: request.lateText, correctionReason: request.correctionReason)
    }
}

extension IngestV1.MissedCommitment {
    init(_ missed: MissedCommitment) {
        self.init(
            enterpriseID: missed.enterprise.text, day: missed.day.text,
            dueUnixMs: missed.dueAt.unixMilliseconds,
            decidedUnixMs: missed.decidedAt.unixMilliseconds, clause: missed.clause,
            handlings: missed.handlings.map { handling in
                IngestV1.MissedHandling(
                    id: handling.id.text, measure: handling.measure, text: handling.text,
                    by: handling.by, nodeID: handling.node.text,
                    handledUnixMs: handling.at.unixMilliseconds)
            })
    }
}

extension IngestV1.Delegation {
    init(_ delegation: Delegation) {
        self.init(
            id: delegation.id.text, enterpriseID: delegation.enterprise.text,
            delegateID: delegation.delegate.text, fromDay: delegation.from.text,
            toDay: delegation.to.text, reason: delegation.reason, filedBy: delegation.by.text,
            filedUnixMs: delegation.filedAt.unixMilliseconds,
            endedUnixMs: delegation.endedAt.unixMillisecondsOrZero)
    }
}

extension IngestV1.GetFormResponse {
    init(_ book: CommitmentBook) {
        let form = book.form
        self.init(
            id: form.id, version: form.version.text, title: form.title,
            items: form.items.map { IngestV1.FormItem($0) },
            works: form.works.map { IngestV1.FormWord($0) },
            lateReasons: form.lateReasons.map { IngestV1.FormWord($0) },
            measures: form.measures.map { IngestV1.FormWord($0) },
            dueMinutes: UInt32(clamping: book.rule?.dueMinutes ?? 0),
            due: book.rule?.words ?? "", clause: book.rule?.clause.text ?? "")
    }
}

extension IngestV1.FormWord {
    fileprivate init(_ word: CommitmentForm.Word) { self.init(id: word.id, title: word.title) }
}

extension IngestV1.FormItem {
    fileprivate init(_ item: CommitmentForm.Item) {
        self.init(
            id: item.id, title: item.title, part: item.part.rawValue, kind: item.kind.rawValue,
            isRequired: item.isRequired, max: item.max,
            words: item.words.map { IngestV1.FormWord($0) }, work: item.work ?? "",
            isPublished: item.isPublished, clause: item.clause)
    }
}

extension IngestV1.BoardEntry {
    /// What is published: no telephone numbers, and of works no persons (CON-15).
    init(_ commitment: Commitment, name: String, form: CommitmentForm) {
        let latest = commitment.latest
        let published = latest.content.items.filter { form[item: $0.id]?.isPublished ?? false }
        self.init(
            enterpriseID: commitment.enterprise.text, enterpriseName: name,
            standing: (commitment.isLate ? CommitmentStanding.late : .inTime).rawValue,
            sentUnixMs: commitment.sentAt.unixMilliseconds, signedName: latest.signature.name,
            items: published.map { IngestV1.CommitmentItem($0) },
            works: latest.content.works.map { work in
                var work = work
                work.inCharge = ""
                return IngestV1.DeclaredWork(work)
            })
    }
}

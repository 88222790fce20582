package import Contracts
import Domain
package import IngestCore
import RPC
import Runtime

// What the caller is told when something was refused: the one place where our errors get codes.

extension RPCStatus {
    init(_ refusal: ImportRefusal, fileName: String, principal: Principal) {
        switch refusal {
        case .mistakes(let mistakes): self.init(mistakes: mistakes, fileName: fileName)
        case .outside(let scope, let entry):
            self.init(
                .permissionDenied,
                "\(fileName) was refused as a whole: \(entry.kind.words) \(entry.id) "
                    + "does not stand under \(scope), and the token of \(principal.subject) may "
                    + "write only there. Leave it out, or use a token of a higher node.")
        }
    }

    /// Nearly all of a batch was measured after our clock.
    init(held batch: IngestV1.PushRequest, ahead: Interval) {
        let seconds = (ahead.milliseconds + 999) / 1_000
        self.init(
            .unavailable,
            "Batch \(batch.sequence) of gateway \(batch.gatewayID): nearly all of its readings "
                + "were measured \(seconds) s or more after the clock of ingest, and it may be "
                + "that clock which is wrong. Nothing was stored, and the number is not used up: "
                + "keep the batch and send it again under it. Compare the clocks of both machines.")
    }

    init(_ failure: BatchLogFailure) {
        switch failure {
        case .diskFull:
            self.init(
                .resourceExhausted,
                "The disk of ingest is full; the batch was not stored. Keep it and send it again; "
                    + "the operator must free space.")
        case .cannotWrite(let reason):
            self.init(
                .unavailable,
                "The batch could not be stored (\(reason)). Keep it and send it again.")
        case .cannotRead(let reason):
            self.init(
                .unavailable,
                "The readings could not be read (\(reason)). Try again; if it stays, the operator "
                    + "must look at the disk.")
        case .overloaded:
            self.init(
                .resourceExhausted,
                "More readings wait for the disk than ingest keeps in memory; the batch was not "
                    + "stored. Send it again in a second.")
        case .sequenceReused(let gateway, let sequence, let highest):
            self.init(
                .alreadyExists,
                "Gateway \(gateway) stored batch \(sequence) before, with other readings or too "
                    + "long ago to compare; this one was not stored. Send it again as "
                    + "\(highest + 1), go on from there, and keep the count over restarts.")
        case .closed:
            self.init(.unavailable, "Ingest is stopping. Keep the batch and send it again.")
        }
    }

    init(_ failure: EngineFailure) {
        switch failure {
        case .notStored, .busy, .stopping: self.init(.unavailable, failure.description)
        }
    }

    /// What is wrong with the fields of a request.
    init(refusalOf mistakes: [Mistake]) {
        self.init(mistakes: mistakes, fileName: mistakes.first?.file ?? "")
    }

    /// All mistakes of a file as a detail, as far as they fit, and the first in the message.
    private init(mistakes: [Mistake], fileName: String) {
        var details: [CommonV1.Mistake] = []
        var bytes = 0
        for mistake in mistakes {
            let detail = CommonV1.Mistake(mistake)
            bytes += detail.serialized().count + 4
            if bytes > IngestLimits.mistakeBytesMax { break }
            details.append(detail)
        }
        let rest = mistakes.count - details.count
        if rest > 0 {
            let text = "\(rest) more; correct these first."
            details.append(CommonV1.Mistake(file: fileName, text: text))
        }
        let first = mistakes.first.map { " The first: \($0.place)\($0.text)" } ?? ""
        self.init(
            .invalidArgument,
            "\(fileName) was refused as a whole, nothing has changed; mistakes: \(mistakes.count)."
                + first,
            details: [
                Detail(
                    typeURL: "type.googleapis.com/\(CommonV1.Mistakes.messageName)",
                    value: CommonV1.Mistakes(mistakes: details).serialized())
            ])
    }
}

extension Mistake {
    fileprivate var place: String { line > 0 ? "line \(line): " : "" }
}

extension CommonV1.Mistake {
    init(_ mistake: Mistake) {
        self.init(file: mistake.file, line: UInt32(clamping: mistake.line), text: mistake.text)
    }
}

extension ReadingFault {
    /// The reason for programs.
    package var reason: IngestV1.RefusalReason {
        switch self {
        case .unknownPoint, .outsideTable: .unknownPoint
        case .otherEnterprise: .otherEnterprise
        case .timeUnit, .noSensibleTime: .timeUnit
        case .inFuture: .inFuture
        case .notANumber: .notANumber
        case .unknownQuality: .quality
        }
    }
}

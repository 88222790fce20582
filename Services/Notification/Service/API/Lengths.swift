import Contracts
import NotificationCore

// How long what people write may be. Characters are Unicode code points.

extension NotificationV1.OpenCaseRequest {
    func checkLengths() throws(DeskRefusal) {
        try check(cause, "cause", max: ServiceLimits.causeCharactersMax)
    }
}

extension [NotificationV1.ProofValue] {
    func checkLengths() throws(DeskRefusal) {
        guard count <= ServiceLimits.proofPartsMax else {
            throw .tooManyParts(count, limit: ServiceLimits.proofPartsMax)
        }
        for value in self {
            try check(value.part, "The name of a part", max: ServiceLimits.partCharactersMax)
            try check(value.text, value.part, max: ServiceLimits.proofCharactersMax)
        }
    }
}

private func check(_ text: String, _ what: String, max limit: Int) throws(DeskRefusal) {
    let count = text.unicodeScalars.count
    guard count <= limit else { throw .tooLong(what: what, characters: count, limit: limit) }
}

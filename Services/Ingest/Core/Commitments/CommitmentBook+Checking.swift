import Domain

// Whether a commitment says all that the form asks for, and nothing that contradicts itself.

extension CommitmentBook {
    /// Every mistake in what an enterprise says for a day, as sentences (CON-14, CON-16).
    func complaints(
        about content: CommitmentContent, of enterprise: EnterpriseID, on day: CalendarDay,
        registry: Registry
    ) -> [String] {
        if content.works.count > CommitmentLimits.worksMax {
            return ["Declare at most \(CommitmentLimits.worksMax) works for one day."]
        }
        if content.items.count > form.items.count + CommitmentLimits.strayItemsMax {
            return [
                "The form has \(form.items.count) items, and \(content.items.count) are "
                    + "answered; answer each once."
            ]
        }
        var mistakes = complaints(about: content.items)
        for (place, work) in content.works.enumerated() {
            let complaints = complaints(about: work, of: enterprise, on: day, registry: registry)
            mistakes += complaints.map { "Work \(place + 1): \($0)" }
        }
        mistakes += complaints(aboutCountsOf: content) + complaints(aboutReasonsOf: content)
        return mistakes
    }

    // MARK: Items

    private func complaints(about items: [CommitmentItem]) -> [String] {
        var mistakes: [String] = []
        for item in form.items {
            let answers = items.filter { $0.id == item.id }
            if answers.count > 1 {
                mistakes.append("\(item.id) (\(item.title)) is answered twice; answer it once.")
            } else if let answer = answers.first {
                if let mistake = complaint(about: answer.value, to: item) {
                    mistakes.append(mistake)
                }
            } else if item.isRequired {
                mistakes.append("\(item.id) (\(item.title)) is missing; zero and no are answers.")
            }
        }
        for item in items where form[item: item.id] == nil {
            mistakes.append("The form has no item \"\(item.id)\".")
        }
        return mistakes
    }

    private func complaint(
        about value: CommitmentItem.Value, to item: CommitmentForm.Item
    ) -> String? {
        switch (item.kind, value) {
        case (.number, .number(let number)):
            if (0...item.max).contains(number) { return nil }
            return "\(item.id) (\(item.title)) is \(number); write a number from 0 to \(item.max)."
        case (.flag, .flag): return nil
        case (.choice, .choice(let word)):
            if item.words.contains(where: { $0.id == word }) { return nil }
            let words = item.words.map(\.id).joined(separator: ", ")
            return "\(item.id) (\(item.title)) has no answer \"\(word)\"; write one of \(words)."
        case (.text, .text(let text)):
            if text.isEmpty, item.isRequired {
                return "\(item.id) (\(item.title)) is empty; write it."
            }
            if text.count <= Int(item.max) { return nil }
            return "\(item.id) (\(item.title)) has more than \(item.max) characters."
        case (.number, _), (.flag, _), (.choice, _), (.text, _):
            return "\(item.id) (\(item.title)) is answered by a \(item.kind.rawValue)."
        }
    }

    // MARK: Works

    private func complaints(
        about work: DeclaredWork, of enterprise: EnterpriseID, on day: CalendarDay,
        registry: Registry
    ) -> [String] {
        var mistakes: [String] = []
        if !form.works.contains(where: { $0.id == work.kind }) {
            let kinds = form.works.map(\.id).joined(separator: ", ")
            mistakes.append("there is no kind \"\(work.kind)\"; write one of \(kinds).")
        }
        if work.place.isEmpty || work.place.count > CommitmentLimits.lineMax {
            mistakes.append(
                "write its place in at most \(CommitmentLimits.lineMax) characters.")
        }
        mistakes += complaints(aboutTimeOf: work, on: day)
        if let id = work.device {
            let node = registry.devices[id].flatMap { registry.node(of: $0) }
            if node?.text != enterprise.text {
                mistakes.append("\(enterprise) has no device \"\(id)\".")
            }
        }
        if let id = work.hazardSource, registry.hazardSources[id]?.enterprise != enterprise {
            mistakes.append("\(enterprise) has no hazard source \"\(id)\".")
        }
        let lines = [work.inCharge, work.permit]
        if lines.contains(where: { $0.count > CommitmentLimits.lineMax })
            || work.content.count > CommitmentLimits.textMax
        {
            mistakes.append("one of its texts is too long.")
        }
        return mistakes
    }

    private func complaints(aboutTimeOf work: DeclaredWork, on day: CalendarDay) -> [String] {
        guard work.from.isOnCalendar, work.to.isOnCalendar else {
            return ["write from when to when, between the years 2000 and 2099."]
        }
        if work.to <= work.from { return ["its end is not after its start."] }
        let start = day.instant(minutes: 0, in: zone)
        if work.from < start + .day, work.to > start { return [] }
        return ["it is not planned for \(day)."]
    }

    // MARK: What must agree

    private func complaints(aboutCountsOf content: CommitmentContent) -> [String] {
        var mistakes: [String] = []
        for work in form.works {
            let items = form.items.filter { $0.work == work.id }
            let numbers = items.compactMap { content.number($0.id) }
            // What is missing or wrong has been said.
            guard !items.isEmpty, numbers.count == items.count else { continue }
            let counted = numbers.reduce(0, +)
            let declared = content.works.count { $0.kind == work.id }
            if counted == Int64(declared) { continue }
            mistakes.append(
                "\(items.map(\.id).joined(separator: " + ")) is \(counted), and \(declared) works "
                    + "of the kind \(work.id) (\(work.title)) are declared; declare each with its "
                    + "place and time.")
        }
        for sum in form.sums {
            let parts = sum.parts.compactMap { content.number($0) }
            guard let total = content.number(sum.total), parts.count == sum.parts.count,
                parts.reduce(0, +) > total
            else { continue }
            mistakes.append(
                "\(sum.parts.joined(separator: " + ")) is more than \(sum.total), \(total).")
        }
        return mistakes
    }

    private func complaints(aboutReasonsOf content: CommitmentContent) -> [String] {
        var mistakes: [String] = []
        if !content.lateReason.isEmpty,
            !form.lateReasons.contains(where: { $0.id == content.lateReason })
        {
            let codes = form.lateReasons.map(\.id).joined(separator: ", ")
            mistakes.append(
                "There is no reason \"\(content.lateReason)\" for being late; write one of "
                    + "\(codes).")
        }
        let texts = [content.lateText, content.correctionReason]
        if texts.contains(where: { $0.count > CommitmentLimits.textMax }) {
            mistakes.append(
                "Write reasons of at most \(CommitmentLimits.textMax) characters.")
        }
        return mistakes
    }
}

extension CommitmentContent {
    /// The number that an item says, if it is one within reason.
    fileprivate func number(_ id: String) -> Int64? {
        guard case .number(let number)? = items.first(where: { $0.id == id })?.value,
            (0...CommitmentForm.numberMax).contains(number)
        else { return nil }
        return number
    }
}

extension CommitmentForm {
    /// No plant has more of anything.
    package static let numberMax: Int64 = 1_000_000
}

import Domain
import Foundation
import NotificationCore
import Policy

/// Reads the plain lines of `Tests/Scenarios/Clauses`; what it does not know is a mistake.
///
/// A file holds scenarios. `--` begins a comment. A scenario begins with a heading, its clauses and
/// its title set apart by two blanks; then come the profile, the requirements, and what happens:
///
///     # 002-WD §10; 002-WD §13  A yellow warning that is not lowered brings a circular each hour
///     profile mem-2021
///     rows NTF-12
///     at 2026-03-02 10:00  a hazard source inPark becomes yellow
///         then principal, technical, operating, county are told
///     at 10:59:59  then yellow-circular is not owed
///     at 11:00  then circular yellow-circular number 1 is issued by system to enterprise
///
/// Times: `2026-03-02 10:00`, `03-03 10:00`, `10:00`, `10:00:30`; never backwards. A line without
/// `at` is at the time before. What falls due at a time has happened before a claim at that time,
/// and not before what somebody does at that very time. ROLE, OBLIGATION and DECLARATION are the
/// profile's.
///
/// Things that happen:
///
///     a hazard source inPark|outsidePark|cityManaged becomes LEVEL     it becomes LEVEL
///         (the first by an alarm, whatever the level; `it becomes blue` once none is left)
///     it became LEVEL at TIME                      and the platform hears of it now
///     ROLE opens a case of emergency|offline|finding about an enterprise PLACEMENT
///     ROLE announces planned work for TIME
///     ROLE does OBLIGATION [with PART, PART]       its proof, whole
///     ROLE declares DECLARATION [with PART, PART]
///     ROLE confirms        ROLE registers the clearing        ROLE closes the case
///     no receipt comes any more
///
/// Each of them may end with ` and is refused: ` and not theirs, not over, not owed, too late,
/// only by its happening, without PART, PART or still owed OBLIGATION, OBLIGATION.
///
/// Claims, after `then`; OBLIGATION may be followed by `of ROLE` and by `round N`:
///
///     OBLIGATION is open|met|late|missed|excused|superseded|ended
///     OBLIGATION is not owed        OBLIGATION was never owed
///     OBLIGATION is due at TIME     OBLIGATION has no time (it is owed at once)
///     notice OBLIGATION goes to ROLE, ROLE
///     KIND OBLIGATION is drafted for ROLE
///     KIND OBLIGATION [number N] is issued by ROLE|system to ROLE [, copied to ROLE] [as SERIAL]
///     ROLE, ROLE are told [by CHANNEL]      nobody is told      ROLE, ROLE are reminded
///     the case is open|cleared|closed|red|orange|yellow|blue|announced late
///     the case is pursued by ROLE
///     nothing happens until TIME
///
/// Who is told, and to whom something goes, is exact: all of them and nobody else.
struct ScenarioReader {
    private let file: String
    private var line = 0
    private var now: LocalTime?
    private var one: Scenario?
    private var all: [Scenario] = []

    static func read(_ text: String, file: String) throws -> [Scenario] {
        var reader = ScenarioReader(file: file)
        for row in text.split(separator: "\n", omittingEmptySubsequences: false) {
            reader.line += 1
            let trimmed = row.trimmingCharacters(in: .whitespaces)
            if trimmed.isEmpty || trimmed.hasPrefix("--") { continue }
            try reader.take(trimmed)
        }
        try reader.finish()
        return reader.all
    }

    private init(file: String) { self.file = file }

    private func mistake(_ text: String) -> ScenarioMistake {
        ScenarioMistake(file: file, line: line, text: text)
    }

    // MARK: Lines

    private mutating func take(_ row: String) throws {
        if row.hasPrefix("# ") { return try begin(String(row.dropFirst(2))) }
        guard one != nil else { throw mistake("a scenario begins with `# CLAUSE  TITLE`") }
        if let name = row.after("profile ") {
            one?.profile = name
        } else if let rows = row.after("rows ") {
            one?.rows = rows.split(separator: " ").map(String.init)
        } else if let rest = row.after("at ") {
            guard let (time, sentence) = rest.parted(at: "  ") else {
                throw mistake("write `at TIME`, two blanks, and what happens or `then` a claim")
            }
            now = try moment(time)
            try add(sentence.trimmingCharacters(in: .whitespaces))
        } else {
            try add(row)
        }
    }

    private mutating func begin(_ heading: String) throws {
        try finish()
        guard let (clauses, title) = heading.parted(at: "  ") else {
            throw mistake("write `# CLAUSE; CLAUSE`, two blanks, and the title")
        }
        now = nil
        one = Scenario(
            file: file, line: line, clauses: ClauseIndex.references(in: Clause(clauses)),
            title: title.trimmingCharacters(in: .whitespaces), profile: "", rows: [], steps: [])
    }

    private mutating func finish() throws {
        guard let one else { return }
        let claims = one.steps.filter { if case .then = $0.what { true } else { false } }
        guard !one.profile.isEmpty, !one.rows.isEmpty, !claims.isEmpty else {
            throw ScenarioMistake(
                file: file, line: one.line, text: "it lacks a profile, its rows, or any claim")
        }
        all.append(one)
        self.one = nil
    }

    private mutating func add(_ sentence: String) throws {
        guard let now else { throw mistake("the first line says when: `at 2026-03-02 10:00  …`") }
        let at = Zone.beijing.instant(now)
        if let last = one?.steps.last, last.at > at { throw mistake("time goes backwards") }
        let what: Scenario.What
        if let claim = sentence.after("then ") {
            what = .then(try self.claim(claim))
        } else if let (act, why) = sentence.parted(at: " and is refused: ") {
            what = .does(try action(act), refused: try reason(why))
        } else {
            what = .does(try action(sentence), refused: nil)
        }
        one?.steps.append(.init(line: line, at: at, what: what))
    }

    // MARK: What happens

    private func action(_ text: String) throws -> Scenario.Action {
        if let (place, level) = text.after("a hazard source ")?.parted(at: " becomes ") {
            return .level(try self.level(level), try placement(place), since: nil)
        }
        if let level = text.after("it becomes ") {
            return .level(try self.level(level), nil, since: nil)
        }
        if let (level, time) = text.after("it became ")?.parted(at: " at ") {
            let since = Zone.beijing.instant(try moment(time))
            return .level(try self.level(level), nil, since: since)
        }
        if text == "no receipt comes any more" { return .stopReceipts }
        if let (role, rest) = text.parted(at: " opens a case of ") {
            guard let (kind, place) = rest.parted(at: " about an enterprise "),
                let kind = CaseKind(rawValue: kind)
            else { throw mistake("write `opens a case of KIND about an enterprise PLACEMENT`") }
            return .open(RoleID(role), kind, try placement(place), begins: nil)
        }
        if let (role, time) = text.parted(at: " announces planned work for ") {
            let begins = Zone.beijing.instant(try moment(time))
            return .open(RoleID(role), .plannedWork, nil, begins: begins)
        }
        if let (role, rest) = text.parted(at: " does ") {
            let (rule, proof) = said(rest)
            return .fulfil(try id(role), RuleID(try id(rule).text), proof: proof)
        }
        if let (role, rest) = text.parted(at: " declares ") {
            let (declaration, proof) = said(rest)
            return .declare(try id(role), DeclarationID(try id(declaration).text), proof: proof)
        }
        if let role = text.before(" confirms") { return .confirm(try id(role)) }
        if let role = text.before(" registers the clearing") {
            return .registerClearing(try id(role))
        }
        if let role = text.before(" closes the case") { return .close(try id(role)) }
        throw mistake("`\(text)` is nothing that can happen; the head of ScenarioReader lists all")
    }

    private func said(_ text: String) -> (String, [String]) {
        guard let (thing, parts) = text.parted(at: " with ") else { return (text, []) }
        return (thing, parts.list)
    }

    private func reason(_ text: String) throws -> Scenario.Reason {
        if let parts = text.after("without ") { return .without(parts.list) }
        if let rules = text.after("still owed ") {
            return .stillOwed(rules.list.map(RuleID.init).sorted())
        }
        switch text {
        case "not theirs": return .notTheirs
        case "not over": return .notOver
        case "not owed": return .notOwed
        case "only by its happening": return .onlyByHappening
        case "too late": return .tooLate
        case _: throw mistake("`\(text)` is no reason to refuse")
        }
    }

    // MARK: Claims

    private func claim(_ text: String) throws -> Scenario.Claim {
        if let time = text.after("nothing happens until ") {
            return .nothing(until: Zone.beijing.instant(try moment(time)))
        }
        if let role = text.after("the case is pursued by ") { return .isPursued(by: try id(role)) }
        if let state = text.after("the case is ") { return .isCase(try caseState(state)) }
        if text == "nobody is told" { return .told([], nil) }
        if let (rule, to) = text.after("notice ")?.parted(at: " goes to ") {
            return .wentTo(RuleID(try id(rule).text), try roles(to))
        }
        for kind in DocumentRule.Kind.allCases {
            if let rest = text.after("\(kind.rawValue) ") { return try document(kind, rest) }
        }
        for words in [" are told", " is told"] {
            if let who = text.before(words) { return .told(try roles(who), nil) }
            if let (who, channel) = text.parted(at: words + " by ") {
                guard let channel = Channel(rawValue: channel) else {
                    throw mistake("`\(channel)` is no channel")
                }
                return .told(try roles(who), channel)
            }
        }
        for words in [" are reminded", " is reminded"] {
            if let who = text.before(words) { return .reminded(try roles(who)) }
        }
        return try obligation(text)
    }

    private func obligation(_ text: String) throws -> Scenario.Claim {
        if let rule = text.before(" was never owed") {
            return .wasNeverOwed(RuleID(try id(rule).text))
        }
        if let rest = text.before(" is not owed") { return .isNotOwed(try subject(rest)) }
        if let rest = text.before(" has no time") { return .hasNoTime(try subject(rest)) }
        if let (rest, time) = text.parted(at: " is due at ") {
            return .isDue(try subject(rest), Zone.beijing.instant(try moment(time)))
        }
        guard let (rest, word) = text.parted(at: " is "),
            let state = ObligationRecord.State(rawValue: word)
        else { throw mistake("`\(text)` is no claim; the head of ScenarioReader lists all") }
        return .stands(try subject(rest), state)
    }

    private func document(
        _ kind: DocumentRule.Kind, _ text: String
    ) throws -> Scenario.Claim {
        if let (rule, to) = text.parted(at: " is drafted for ") {
            return .drafted(kind, RuleID(try id(rule).text), to: try roles(to))
        }
        guard let (what, rest) = text.parted(at: " is issued by "),
            let (issuer, addresses) = rest.parted(at: " to ")
        else { throw mistake("write `\(kind.rawValue) OBLIGATION is issued by ROLE to ROLE`") }
        let (place, serial) = addresses.parted(at: " as ") ?? (addresses, "")
        let (to, copies) = place.parted(at: ", copied to ") ?? (place, "")
        let (rule, number) = what.parted(at: " number ") ?? (what, "")
        if !number.isEmpty, Int(number) == nil { throw mistake("`\(number)` is no number") }
        return .issued(
            .init(
                kind: kind, rule: RuleID(try id(rule).text), number: Int(number),
                issuer: issuer == "system" ? nil : try id(issuer), to: try roles(to),
                copies: copies.isEmpty ? [] : try roles(copies),
                serial: serial.isEmpty ? nil : serial))
    }

    private func subject(_ text: String) throws -> Scenario.Subject {
        let (front, round) = text.parted(at: " round ") ?? (text, "")
        let (rule, owner) = front.parted(at: " of ") ?? (front, "")
        if !round.isEmpty, Int(round) == nil { throw mistake("`\(round)` is no number of a round") }
        return .init(
            rule: RuleID(try id(rule).text), owner: owner.isEmpty ? nil : try id(owner),
            round: Int(round))
    }

    private func caseState(_ text: String) throws -> Scenario.CaseState {
        switch text {
        case "open": .open
        case "cleared": .cleared
        case "closed": .closed
        case "announced late": .announcedLate
        case _: .level(try level(text))
        }
    }

    // MARK: Words

    private func id(_ text: String) throws -> RoleID {
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "-") }) else {
            throw mistake("`\(text)` is no name of the profile's")
        }
        return RoleID(text)
    }

    private func roles(_ text: String) throws -> [RoleID] { try text.list.map(id) }

    private func level(_ text: String) throws -> WarningLevel {
        guard let level = WarningLevel.allCases.first(where: { "\($0)" == text }) else {
            throw mistake("`\(text)` is no level; write red, orange, yellow or blue")
        }
        return level
    }

    private func placement(_ text: String) throws -> Placement {
        guard let place = Placement.allCases.first(where: { "\($0)" == text }) else {
            throw mistake("`\(text)` is no placement; write inPark, outsidePark or cityManaged")
        }
        return place
    }

    /// A time whose day is that of the line before, unless it says another.
    private func moment(_ text: String) throws -> LocalTime {
        let parts = text.split(separator: " ")
        let clock = (parts.last ?? "").split(separator: ":").map { Int64($0) }
        let day = parts.count == 2 ? parts[0].split(separator: "-").map { Int64($0) } : []
        let numbers = (day + clock).compactMap(\.self)
        guard numbers.count == day.count + clock.count, [2, 3].contains(clock.count),
            parts.count <= 2, day.count == 3 || now != nil, [0, 2, 3].contains(day.count),
            day.isEmpty == (parts.count == 1)
        else { throw mistake("`\(text)` is no time such as 2026-03-02 10:00 or 10:00") }
        let date = Array(numbers.prefix(day.count))
        let time = Array(numbers.dropFirst(day.count)) + [0]
        let year = date.count == 3 ? date[0] : now?.year ?? 0
        let month = date.isEmpty ? now?.month ?? 0 : date[date.count - 2]
        let local = LocalTime(
            year: year, month: month, day: date.last ?? now?.day ?? 0, hour: time[0],
            minute: time[1], second: time[2])
        // 24:00 and the 30th of February are no times.
        guard Zone.beijing.local(Zone.beijing.instant(local)) == local else {
            throw mistake("there is no time `\(text)`")
        }
        return local
    }
}

extension String {
    fileprivate func after(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }

    fileprivate func before(_ suffix: String) -> String? {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
    }

    /// What stands before and after the first `mark`.
    fileprivate func parted(at mark: String) -> (String, String)? {
        guard let range = range(of: mark) else { return nil }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }

    /// What commas set apart.
    fileprivate var list: [String] {
        split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

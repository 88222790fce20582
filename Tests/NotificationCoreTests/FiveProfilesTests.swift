import Domain
import Foundation
import NotificationCore
import Policy
import SimKit
import Testing

/// One event under each of the five profiles, as a regulator could sign it: a works in a park turns
/// red at 08:00, falls to yellow after 13 hours and is cleared an hour later, and nobody does
/// anything. `Golden/red-PROFILE.txt` holds what each law makes of it.
@Suite struct FiveProfilesTests {
    static let profiles = [
        "mem-2021", "changzhou-2020", "beijing", "zibo-2020", "licheng-supplied",
    ]

    @Test(arguments: profiles)
    func redWarningIsHandledAsItsLawSays(name: String) throws {
        var machine = try NotificationMachine.city(name)
        var story = Story(profile: machine.profile)
        story.tell("08:00 的红色预警，13 小时后降为黄色，再过 1 小时解除；无人办理。")
        let course: [(level: WarningLevel, from: Int64, to: Int64)] = [
            (.red, 0, 779), (.yellow, 780, 839), (.blue, 840, 4_320),
        ]
        for (level, from, to) in course {
            let told = try machine.level(level, minute: from, of: "park-works")
            story.tell(told)
            machine.take(told, at: t0 + .minutes(from))
            while let due = machine.nextDue, due <= t0 + .minutes(to) {
                let effects = machine.wake(at: due)
                story.tell(effects)
                machine.take(effects, at: due)
            }
        }
        let difference = try Golden.difference(story.text, from: "red-\(name).txt")
        #expect(difference == nil)
    }

    /// Effects as lines; deliveries are left out, as they depend on the providers. These take all
    /// and never say that it arrived.
    private struct Story {
        let profile: PolicyProfile
        var lines: [String] = []
        var text: String { lines.joined(separator: "\n") + "\n" }

        init(profile: PolicyProfile) {
            self.profile = profile
            lines = ["办法 \(profile.name) \(profile.title)"]
        }

        mutating func tell(_ line: String) { lines.append(line) }

        mutating func tell(_ effects: [NotificationEffect]) {
            for effect in effects {
                switch effect {
                case .publishCase(let one, let news):
                    add(one.levelAt, "\(news)  \(one.level?.colour ?? "")")
                case .publishObligation(let record):
                    guard record.owner != nil else { break }
                    let due = record.dueAt.map { "  时限 \(clock($0))" } ?? ""
                    let shown = record.state == .open ? due : ""
                    add(
                        record.stateAt,
                        "\(record.state)  \(record.title)  \(record.ownerName)\(shown)  "
                            + "（\(record.clause)）")
                case .publishDocument(let document):
                    let what = document.issuedAt == nil ? "draft" : document.serial
                    add(
                        document.dueAt,
                        "\(what)  \(document.kind.rawValue)  \(document.issuer) → "
                            + "\(document.addressees.joined(separator: "、"))  "
                            + "（\(document.clause)）")
                case .publishNotice(let notice):
                    let number = notice.circularNumber > 0 ? "第\(notice.circularNumber)次" : ""
                    add(
                        notice.dueAt,
                        "\(notice.reason)\(number)  → "
                            + "\(notice.roles.map(\.text).joined(separator: "+"))，"
                            + "\(notice.channel)  （\(notice.clause)）")
                case _: break
                }
            }
        }

        private mutating func add(_ instant: Instant, _ text: String) {
            lines.append("\(clock(instant))  \(text)")
        }

        private func clock(_ instant: Instant) -> String {
            String(profile.zone.local(instant).text.dropFirst(5).dropLast(3))
        }
    }
}

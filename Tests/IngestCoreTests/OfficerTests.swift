import Domain
import IngestCore
import Policy
import Testing

/// Who holds a post, and when a number was verified last. NTF-02, NTF-03.
@Suite struct OfficerTests {
    private static let head =
        "officer id=o1 node=e1 post=safetyHead name=示范人员丁 telephone=000-0000-0004 "
        + "email=head@works.example verifiedOn=2021-11-01"

    @Test func anOfficerHoldsAPostAtAnyNode() throws {
        let nodes = ["cn", "p1", "c1", "d1", "k1", "e1", "e2"]
        let rows = nodes.map {
            "officer id=\($0)-o node=\($0) post=principal name=示范人员 telephone=000-0000-0004"
        }
        let plan = try registered().importing(document(rows.joined(separator: "\n")))
        #expect(plan.summary == summary(added: 7))
        for node in nodes {
            let officer = try #require(plan.result.officers[PersonID("\(node)-o")])
            #expect(plan.result.node(of: .officer(officer)) == NodeID(node))
        }
    }

    @Test func severalMayHoldOnePost() throws {
        let rows = (1...3).map {
            "officer id=o\($0) node=d1 post=dutyDesk name=示范人员 telephone=000-0000-0004"
        }
        let plan = try registered().importing(document(rows.joined(separator: "\n")))
        #expect(
            plan.result.officers.values.map(\.post)
                == Array(repeating: PostID("dutyDesk"), count: 3))
    }

    @Test func whatIsOptionalIsKeptAndReadsBackTheSame() throws {
        let person =
            "person id=a1 hazardSource=s1 tier=principal name=示范人员甲 "
            + "telephone=000-0000-0001 email=a@works.example verifiedOn=2020-02-29"
        let registry = try registered().importing(document(Self.head + "\n" + person)).result
        let officer = try #require(registry.officers[PersonID("o1")])
        #expect(officer.email == "head@works.example")
        #expect(officer.verifiedOn?.text == "2021-11-01" && officer.leftOn == nil)
        let principal = try #require(registry.persons[PersonID("a1")])
        #expect(principal.email == "a@works.example")
        #expect(principal.verifiedOn?.text == "2020-02-29")
        let technical = try #require(registry.persons[PersonID("a2")])
        #expect(technical.email == nil && technical.verifiedOn == nil)
        let rows = registry.entries.enumerated().map { index, entry in
            RegistryRow(
                kind: entry.key.kind.rawValue, line: index + 1,
                fields: entry.fields.map { RegistryField($0.name, $0.text, line: index + 1) })
        }
        let again = try registry.importing(RegistryDocument(fileName: "city.csv", rows: rows))
        #expect(again.summary == summary(unchanged: 17))
    }

    @Test func whoLeftStaysWithTheDay() throws {
        var machine = RegistryMachine()
        _ = try machine.handle(.importSent(cityDocument, scope: nil), at: t0)
        _ = try machine.handle(.importSent(document(Self.head), scope: nil), at: t0)
        _ = machine.takeChanges()
        let next = Self.head.replacing("o1", with: "o2")
        let file = document(Self.head + " leftOn=2021-12-01\n" + next)
        let effects = try machine.handle(.importSent(file, scope: nil), at: t0)
        #expect(effects.last == .imported(summary(added: 1, changed: 1), node: NodeID("cn")))
        let before = try #require(machine.registry.officers[PersonID("o1")])
        #expect(before.leftOn?.text == "2021-12-01")
        #expect(effects.first == .put(.officer(before), node: NodeID("e1")))
        #expect(machine.takeChanges().map(\.key) == ["officer/o1", "officer/o2"])
        // A file that does not name them changes nothing.
        _ = try machine.handle(.importSent(cityDocument, scope: nil), at: t0)
        #expect(machine.registry.officers.count == 2)
    }

    /// Line 17 is the row; what its sentence must hold.
    static let broken: [(text: String, words: [String])] = [
        (officer("node=d9 post=head"), ["officer o9: there is no node d9", "registered"]),
        (officer("post=head"), ["node is missing"]),
        (officer("node=d1"), ["post is missing", "safetyHead"]),
        (officer("node=d1 post=安全总监"), ["post \"安全总监\" is not an id"]),
        (officer("node=d1 post=head tier=principal"), ["there is no field tier", "leftOn"]),
        (officer("node=d1 post=head email=nobody"), ["email \"nobody\" is not an address"]),
        (officer("node=d1 post=head email=a@b@c"), ["is not an address"]),
        (officer("node=d1 post=head email=@county.example"), ["is not an address"]),
        (officer("node=d1 post=head email=a@county.example;b"), ["is not an address"]),
        (officer("node=d1 post=head email=***@county.example"), ["is masked", "whole address"]),
        (officer("node=d1 post=head leftOn=2021-02-30"), ["leftOn \"2021-02-30\" is not a day"]),
        (officer("node=d1 post=head leftOn=2021-2-3"), ["such as 2021-11-01"]),
        (officer("node=d1 post=head verifiedOn=2021-02-29"), ["verifiedOn \"2021-02-29\""]),
        (officer("node=d1 post=head verifiedOn=2021-13-01"), ["is not a day"]),
        (officer("node=d1 post=head verifiedOn=2021-00-10"), ["is not a day"]),
        (officer("node=d1 post=head verifiedOn=2021-10-00"), ["is not a day"]),
        (officer("node=d1 post=head verifiedOn=0021-10-01"), ["is not a day"]),
        (officer("node=d1 post=head verifiedOn=2021/10/01"), ["is not a day"]),
        (officer("node=d1 post=head verifiedOn=yesterday"), ["is not a day"]),
        (
            "officer id=o9 node=d1 post=head name=丁 telephone=none",
            ["telephone \"none\" is not a number"]
        ),
        (
            "officer id=a1 node=d1 post=head name=丁 telephone=000-0000-0004",
            ["officer a1: the id is used on line 13 already"]
        ),
        (
            officer("node=d1 post=head") + "\n" + officer("node=d2 post=head"),
            ["officer o9: the id is used on line 17 already"]
        ),
    ]

    private static func officer(_ fields: String) -> String {
        "officer id=o9 name=示范人员丁 telephone=000-0000-0004 " + fields
    }

    @Test(arguments: broken)
    func badInputIsRefusedWithWhatToWrite(row: (text: String, words: [String])) {
        let found = mistakes(document((city + [row.text]).joined(separator: "\n")))
        #expect(found.count == 1, "\(found)")
        for words in row.words {
            #expect(found.first?.contains(words) == true, "\(found)")
        }
    }

    @Test func aBadDayOfAPersonIsRefusedAtItsLine() {
        let row =
            "person id=a1 hazardSource=s1 tier=principal name=甲 telephone=000-0000-0001 "
            + "verifiedOn=2021-04-31"
        let found = mistakes(city(line: 13, row))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("13: person a1: verifiedOn \"2021-04-31\"") == true)
    }

    @Test func anIdIsUniqueAlsoBesideWhatWasRegisteredEarlier() throws {
        let officer = document(Self.head.replacing("o1", with: "a1"))
        let taken = mistakes(officer, into: try registered())
        #expect(
            taken == ["1: officer a1: a person has this id already; ids are unique, write another."]
        )
    }

    @Test func aCountyWritesItsOwnOfficersOnly() throws {
        let registry = try registered().importing(document(Self.head)).result
        for (id, node, isOwn) in [("o2", "d1", true), ("o2", "d2", false), ("o1", "e1", true)] {
            let row =
                "officer id=\(id) node=\(node) post=head name=示范人员 telephone=000-0000-0005"
            let isTaken = (try? registry.importing(document(row), within: NodeID("d1"))) != nil
            #expect(isTaken == isOwn, "\(id) at \(node)")
        }
        // To take one away from another county is to write there.
        let moved = document(Self.head.replacing("node=e1", with: "node=d2"))
        #expect(throws: ImportRefusal.self) {
            try registry.importing(moved, within: NodeID("d2"))
        }
    }
}

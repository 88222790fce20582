import Contracts
import Domain
import Notification
import NotificationCore
import Policy
import Testing

/// What notification copies from ingest's journal of people.
@Suite struct RegistryFactTests {
    private static func fact(_ record: JournalRecord) throws -> RegistryFact? {
        try RegistryFact(
            JournalV1.Entry(kind: record.kind.rawValue, subject: "s", body: record.body))
    }

    @Test func anOfficerIsCopiedWithWhatIsKnownOfTheNumber() throws {
        let officer = IngestV1.Officer(
            id: "o1", nodeID: "d1", post: "sectionHead", name: "某甲",
            telephone: "000-0000-0001", email: "o1@county.example", verifiedOn: "2021-11-01",
            leftOn: "2021-12-01")
        #expect(
            try Self.fact(.officerPut(officer))
                == .officer(
                    .init(
                        id: PersonID("o1"), node: NodeID("d1"), post: PostID("sectionHead"),
                        name: "某甲", telephone: "000-0000-0001", email: "o1@county.example",
                        verifiedOn: "2021-11-01", leftOn: "2021-12-01")))
    }

    @Test func aPersonIsCopiedWithMailAndDay() throws {
        let person = IngestV1.Person(
            id: "a1", hazardSourceID: "s1", tier: "principal", name: "某甲",
            telephone: "000-0000-0001", email: "a1@works.example", verifiedOn: "2021-11-01")
        #expect(
            try Self.fact(.personPut(person))
                == .person(
                    .init(
                        id: PersonID("a1"), source: HazardSourceID("s1"), tier: .principal,
                        name: "某甲", telephone: "000-0000-0001", email: "a1@works.example",
                        verifiedOn: "2021-11-01")))
    }
}

import Contracts
import Domain
import Testing

struct MappingTests {
    @Test(arguments: WarningLevel.allCases) func levelsComeBack(level: WarningLevel) throws {
        #expect(try WarningLevel(CommonV1.WarningLevel(level)) == level)
    }

    @Test func levelsOnTheWireAreOrderedAsInTheDomain() {
        let wire = WarningLevel.allCases.sorted().map { CommonV1.WarningLevel($0).rawValue }
        #expect(wire == wire.sorted())
    }

    @Test(arguments: LimitState.allCases) func limitStatesComeBack(state: LimitState) throws {
        #expect(try LimitState(CommonV1.LimitState(state)) == state)
    }

    @Test(arguments: Delivery.allCases) func deliveriesComeBack(delivery: Delivery) throws {
        #expect(try Delivery(NotificationV1.DeliveryState(delivery)) == delivery)
    }

    @Test func anUnspecifiedLevelIsRefusedAndTheChoicesNamed() {
        #expect {
            try WarningLevel(CommonV1.WarningLevel.unspecified)
        } throws: { error in
            "\(error)"
                == "level is \"WARNING_LEVEL_UNSPECIFIED\"; write one of blue, yellow, orange, red."
        }
    }

    @Test func aLevelOfANewerSenderIsRefusedByItsNumber() {
        #expect {
            try WarningLevel(CommonV1.WarningLevel(rawValue: 9), field: "at_least")
        } throws: { error in
            "\(error)".hasPrefix("at_least is \"9\";")
        }
    }

    @Test func aWordThatIsNotOneSaysWhatToWrite() {
        #expect {
            try Placement(text: "inside")
        } throws: { error in
            "\(error)"
                == "placement is \"inside\"; write one of inPark, outsidePark, cityManaged."
        }
        #expect {
            try Tier(text: "")
        } throws: { error in
            "\(error)" == "tier is missing; write one of principal, technical, operating."
        }
    }

    @Test(arguments: [UInt32(0), 5, .max]) func thereAreFourGrades(number: UInt32) {
        #expect(throws: MappingError.self) { try Grade(number: number) }
    }

    @Test func zeroIsNoTime() {
        #expect(Instant(unlessZero: 0) == nil)
        #expect(Instant(unlessZero: -1) == Instant(unixMilliseconds: -1))
        #expect(Instant?.none.unixMillisecondsOrZero == 0)
    }

    @Test func theNationHasNoParent() throws {
        let nation = OrganisationTree.Node(id: NodeID("n"), parent: nil, kind: .nation, name: "国")
        #expect(IngestV1.Node(nation).parentID.isEmpty)
        #expect(try OrganisationTree.Node(IngestV1.Node(nation)) == nation)
    }
}

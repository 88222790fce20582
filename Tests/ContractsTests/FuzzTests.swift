import Contracts
import RPC
import Testing

struct FuzzTests {
    static let types: [any RPCMessage.Type] = [
        ClockV1.Upstream.self, ClockV1.SettleRequest.self, ClockV1.SettleResponse.self,
        ClockV1.AdvanceRequest.self, ClockV1.AdvanceResponse.self, CommonV1.Reading.self,
        CommonV1.Mistake.self, CommonV1.Mistakes.self, IngestV1.PushRequest.self, IngestV1.Row.self,
        IngestV1.Columns.self, IngestV1.PushResponse.self, IngestV1.RefusedReading.self,
        IngestV1.LatestRequest.self, IngestV1.LatestResponse.self, IngestV1.RangeRequest.self,
        IngestV1.RangeResponse.self, IngestV1.Bucket.self,
        IngestV1.FollowRequest.self, IngestV1.FollowResponse.self,
        IngestV1.HeadRequest.self, IngestV1.HeadResponse.self,
        IngestV1.ImportRequest.self, IngestV1.ImportResponse.self, IngestV1.ExportRequest.self,
        IngestV1.ExportResponse.self, IngestV1.ListRequest.self, IngestV1.ListResponse.self,
        IngestV1.Node.self, IngestV1.Enterprise.self, IngestV1.HazardSource.self,
        IngestV1.Device.self, IngestV1.Point.self, IngestV1.PointLimits.self, IngestV1.Person.self,
        IngestV1.Officer.self,
        IngestV1.Gateway.self, IngestV1.Object.self, IngestV1.Camera.self, IngestV1.Fact.self,
        IngestV1.EntryChange.self, IngestV1.FieldChange.self, IngestV1.ListPacksRequest.self,
        IngestV1.ListPacksResponse.self, IngestV1.Pack.self, IngestV1.PackIndicator.self,
        IngestV1.PackKind.self, IngestV1.PackFact.self, IngestV1.PackList.self,
        IngestV1.PackWord.self, IngestV1.ListThresholdsRequest.self,
        IngestV1.ListThresholdsResponse.self, IngestV1.DeviceThresholds.self,
        IngestV1.IndicatorThresholds.self, IngestV1.ListCoverageRequest.self,
        IngestV1.ListCoverageResponse.self, IngestV1.CoverageRow.self,
        IngestV1.ProposeChangeRequest.self, IngestV1.ProposeChangeResponse.self,
        IngestV1.ReviewChangeRequest.self, IngestV1.ReviewChangeResponse.self,
        IngestV1.ListChangesRequest.self, IngestV1.ListChangesResponse.self,
        IngestV1.Change.self, IngestV1.ChangeReview.self, IngestV1.EntryRecord.self,
        IngestV1.CameraStatus.self, IngestV1.CameraChange.self, IngestV1.ListCamerasRequest.self,
        IngestV1.ListCamerasResponse.self, IngestV1.ProbeCameraRequest.self,
        IngestV1.ProbeCameraResponse.self, IngestV1.CaptureStillRequest.self,
        IngestV1.CaptureStillResponse.self, IngestV1.ListStillsRequest.self,
        IngestV1.ListStillsResponse.self, IngestV1.GetStillRequest.self,
        IngestV1.GetStillResponse.self, IngestV1.Still.self,
        IngestV1.ListCameraCoverageRequest.self, IngestV1.ListCameraCoverageResponse.self,
        IngestV1.CameraCoverageRow.self,
        IngestV1.ConnectRequest.self, IngestV1.ConnectResponse.self, IngestV1.LinkHello.self,
        IngestV1.LinkProof.self, IngestV1.LinkPage.self, IngestV1.LinkEntry.self,
        IngestV1.LinkField.self, IngestV1.LinkBatch.self, IngestV1.LinkBeat.self,
        IngestV1.LinkWelcome.self, IngestV1.PositionRange.self, IngestV1.LinkPageTaken.self,
        IngestV1.LinkRefusal.self, IngestV1.LinkBatchTaken.self, IngestV1.LinkEcho.self,
        IngestV1.ListLinksRequest.self, IngestV1.ListLinksResponse.self, IngestV1.Link.self,
        IngestV1.LinkChange.self, IngestV1.ForgetLinkRequest.self,
        IngestV1.ForgetLinkResponse.self,
        IngestV1.ListScopeRequest.self, IngestV1.ListScopeResponse.self, IngestV1.ScopeRow.self,
        IngestV1.ListPresenceRequest.self, IngestV1.ListPresenceResponse.self,
        IngestV1.Presence.self, IngestV1.PresenceChange.self, IngestV1.ListGapsRequest.self,
        IngestV1.ListGapsResponse.self, IngestV1.Gap.self, IngestV1.ListConnectionsRequest.self,
        IngestV1.ListConnectionsResponse.self, IngestV1.Connection.self,
        IngestV1.ListOnlineRatesRequest.self, IngestV1.ListOnlineRatesResponse.self,
        IngestV1.ListFreshnessRequest.self, IngestV1.ListFreshnessResponse.self,
        IngestV1.EnterpriseFreshness.self, IngestV1.FamilyFreshness.self,
        IngestV1.CheckInRequest.self, IngestV1.CheckInResponse.self, IngestV1.Cleaning.self,
        IngestV1.ListCleaningAreasRequest.self, IngestV1.ListCleaningAreasResponse.self,
        IngestV1.CleaningArea.self, IngestV1.ListCleaningsRequest.self,
        IngestV1.ListCleaningsResponse.self, IngestV1.GetCleaningPhotoRequest.self,
        IngestV1.GetCleaningPhotoResponse.self,
        IngestV1.OnlineRate.self, IngestV1.OnlineDuration.self, IngestV1.ListFindingsRequest.self,
        IngestV1.ListFindingsResponse.self, IngestV1.Finding.self, IngestV1.Clue.self,
        IngestV1.FindingTask.self, IngestV1.FindingCorrection.self,
        IngestV1.RecordFindingRequest.self, IngestV1.RecordFindingResponse.self,
        IngestV1.AssignFindingRequest.self, IngestV1.AssignFindingResponse.self,
        IngestV1.CorrectFindingRequest.self, IngestV1.CorrectFindingResponse.self,
        IngestV1.VerifyFindingRequest.self, IngestV1.VerifyFindingResponse.self,
        IngestV1.ListScoresRequest.self, IngestV1.ListScoresResponse.self,
        IngestV1.QualityDay.self, IngestV1.QualityScore.self, IngestV1.ExplainScoresRequest.self,
        IngestV1.ExplainScoresResponse.self, IngestV1.QualityLoss.self,
        JournalV1.SubscribeRequest.self, JournalV1.SubscribeResponse.self,
        JournalV1.Entry.self, JournalV1.HeadRequest.self, JournalV1.HeadResponse.self,
        NotificationV1.ListCasesRequest.self, NotificationV1.ListCasesResponse.self,
        NotificationV1.GetCaseRequest.self, NotificationV1.GetCaseResponse.self,
        NotificationV1.Case.self, NotificationV1.Due.self, NotificationV1.Notice.self,
        NotificationV1.ListInboxRequest.self, NotificationV1.ListInboxResponse.self,
        NotificationV1.FollowInboxRequest.self, NotificationV1.FollowInboxResponse.self,
        NotificationV1.ConfirmRequest.self, NotificationV1.ConfirmResponse.self,
        NotificationV1.ProofPart.self, NotificationV1.ProofValue.self,
        NotificationV1.Obligation.self, NotificationV1.Document.self,
        NotificationV1.Declaration.self, NotificationV1.ProfileAdopted.self,
        NotificationV1.ListObligationsRequest.self, NotificationV1.ListObligationsResponse.self,
        NotificationV1.OpenCaseRequest.self, NotificationV1.OpenCaseResponse.self,
        NotificationV1.FulfilObligationRequest.self, NotificationV1.FulfilObligationResponse.self,
        NotificationV1.DeclareRequest.self, NotificationV1.DeclareResponse.self,
        NotificationV1.RegisterClearingRequest.self, NotificationV1.RegisterClearingResponse.self,
        NotificationV1.CloseCaseRequest.self, NotificationV1.CloseCaseResponse.self,
        NotificationV1.PlayDrillRequest.self, NotificationV1.PlayDrillResponse.self,
        NotificationV1.ListGapsRequest.self, NotificationV1.ListGapsResponse.self,
        NotificationV1.Gap.self, NotificationV1.ForecastRequest.self,
        NotificationV1.ForecastResponse.self, NotificationV1.NumberLimit.self,
        RiskV1.ListAlarmsRequest.self, RiskV1.ListAlarmsResponse.self, RiskV1.Alarm.self,
        RiskV1.ListWarningsRequest.self, RiskV1.ListWarningsResponse.self,
        RiskV1.GetWarningRequest.self, RiskV1.GetWarningResponse.self, RiskV1.Warning.self,
        GrpcHealthV1.HealthCheckRequest.self, GrpcHealthV1.HealthCheckResponse.self,
        GrpcReflectionV1.ServerReflectionRequest.self, GrpcReflectionV1.ExtensionRequest.self,
        GrpcReflectionV1.ServerReflectionResponse.self,
        GrpcReflectionV1.FileDescriptorResponse.self, GrpcReflectionV1.ExtensionNumberResponse.self,
        GrpcReflectionV1.ListServiceResponse.self, GrpcReflectionV1.ServiceResponse.self,
        GrpcReflectionV1.ErrorResponse.self,
    ]
    static let byName = Dictionary(uniqueKeysWithValues: types.map { ($0.messageName, $0) })

    @Test(arguments: [1, 2, 3]) func randomBytesAreRefusedOrDecoded(seed: UInt64) {
        var chance = Seeded(seed)
        for type in Self.types {
            for _ in 0..<200 {
                let bytes = Fuzz.random(upTo: 64, &chance)
                let (first, encoding) = Fuzz.said(type, bytes)
                if first != "ok" { continue }
                // What we write, we read, and write the same.
                #expect(
                    Fuzz.said(type, encoding) == ("ok", encoding), "seed \(seed) \(type) \(bytes)")
            }
        }
    }

    @Test(arguments: [2021]) func theOfficialLibraryAgrees(seed: Int) throws {
        let official = try OfficialLibrary()
        defer { official.close() }
        let messages = try official.messages(seed: seed, count: 3_000)
        #expect(Set(messages.map(\.0)) == Set(Self.byName.keys), "every message is fuzzed")
        var chance = Seeded(UInt64(seed))
        var cases = Chunks()
        func add(_ name: String, _ bytes: [UInt8]) throws {
            let type = try #require(Self.byName[name], "no type for \(name)")
            let (said, encoding) = Fuzz.said(type, bytes)
            cases.append(name.utf8)
            cases.append(bytes)
            cases.append(said.utf8)
            cases.append(encoding)
        }
        for (name, bytes) in messages {
            try add(name, bytes)
            for _ in 0..<3 { try add(name, Fuzz.mutated(bytes, &chance)) }
            // Another message's bytes: unknown fields and other wire types.
            let other = Self.types[Int.random(in: 0..<Self.types.count, using: &chance)]
            try add(other.messageName, bytes)
        }
        let verdict = try official.judge(cases)
        #expect(verdict.status == 0, "seed \(seed): \(verdict.output)")
    }

    @Test func theJudgeFindsAWrongEncoding() throws {
        let official = try OfficialLibrary()
        defer { official.close() }
        var cases = Chunks()
        cases.append(CommonV1.Reading.messageName.utf8)
        cases.append(CommonV1.Reading(pointID: "p-1").serialized())
        cases.append("ok".utf8)
        cases.append(CommonV1.Reading(pointID: "p-2").serialized())
        let verdict = try official.judge(cases)
        #expect(verdict.status == 1 && verdict.output.contains("the meaning differs"))
    }
}

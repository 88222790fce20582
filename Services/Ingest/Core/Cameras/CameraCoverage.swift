import Domain

/// One place that should have a camera, and how the cameras there are (ING-07, ING-17).
package struct CameraCoverageRow: Sendable, Equatable {
    /// What the pack expects, and how many are registered.
    package var row: CoverageRow
    package var online: Int
    /// What somebody should see to, a sentence each.
    package var remarks: [String]

    /// True if somebody has something to do.
    package var isOpen: Bool { row.state.isOpen || !remarks.isEmpty }
}

extension Registry {
    /// The places that should have a camera, in the order of the whole coverage.
    package func cameraCoverage(
        by packs: Packs, standings: CameraBook, on today: CalendarDay?
    ) -> [CameraCoverageRow] {
        var camerasOf: [EntryKey: [Camera]] = [:]
        for camera in cameras.values {
            if let key = parentKey(of: .camera(camera)) {
                camerasOf[key] = (camerasOf[key] ?? []) + [camera]
            }
        }
        return coverage(by: packs, on: today).filter { $0.expected == "camera" }.map { row in
            let own = camerasOf[row.subject] ?? []
            return CameraCoverageRow(
                row: row, online: own.count { standings[$0.id]?.state == .online },
                remarks: own.flatMap { camera in
                    camera.remarks(standings[camera.id], on: today).map { "\(camera.id): \($0)" }
                })
        }
    }
}

extension Camera {
    /// What somebody should see to, a sentence each.
    package func remarks(_ standing: CameraStanding?, on today: CalendarDay?) -> [String] {
        var remarks: [String] = []
        if facts.text(Self.addressField).isEmpty {
            if facts.text("nationalCode").isEmpty {
                remarks.append(
                    "nobody can reach it: it has neither an address nor a code of GB/T 28181")
            }
        } else if address == nil {
            remarks.append("it cannot be tried: its address is none of rtsp:// or rtsps://")
        } else if let cause = standing?.cause {
            remarks.append("it is offline (\(cause.rawValue))")
        } else if let doubt = standing?.doubt {
            remarks.append(
                "its last try failed (\(doubt.rawValue)); it is offline if the next one fails too")
        }
        if facts.text("purposes").isEmpty {
            remarks.append("it has no purpose; write in purposes what it is to show")
        }
        if let remark = verification(on: today) { remarks.append(remark) }
        return remarks
    }

    /// What is wrong with the last look at its picture; nil: nothing.
    private func verification(on today: CalendarDay?) -> String? {
        guard let day = CalendarDay(facts.text("verifiedOn")) else {
            return "its picture was never verified; look at it, and write verifiedOn"
        }
        guard let today, let age = day.days(to: today) else { return nil }
        if age < 0 { return "its picture was verified on \(day.text), which is to come" }
        if age <= RegistryLimits.pictureVerifiedDaysMax { return nil }
        return "its picture was last verified on \(day.text), \(age) days ago; look at it again"
    }
}

package import Domain

/// A filing 停用报备, as its sender names it: the same name twice is the same filing.
package struct FilingID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A file that proves something 佐证材料: its name, and the SHA-256 of what is in it.
package struct Evidence: Hashable, Codable, Sendable {
    package var name: String
    /// 64 hexadecimal digits, small letters.
    package var digest: String

    package init(name: String, digest: String) { (self.name, self.digest) = (name, digest) }
}

/// An enterprise says that points give no data, or wrong ones, for a while 停用报备 (CON-20).
///
/// *Where it stands*: filed with a body above, which verifies it. Once confirmed its points are out
/// of service from the start to the end, and in service again by themselves.
package struct OutageFiling: Codable, Hashable, Sendable {
    /// Why there are no data.
    package enum Cause: String, CaseIterable, Codable, Sendable {
        /// 停产
        case shutdown
        /// 检修
        case maintenance
        /// 设备设施损坏
        case damage
        /// 停电
        case powerCut
        /// 断网
        case networkCut
        /// 其他
        case other
    }

    package enum State: String, CaseIterable, Codable, Sendable {
        /// Nobody has verified it.
        case sent
        /// Verified; its start is still to come.
        case confirmed
        /// Verified and begun: its points are out of service.
        case inForce
        /// Its end has come.
        case over
        /// Verified and not true.
        case refused
        /// Taken back before it was in force.
        case withdrawn
    }

    /// How a filing was verified 核实方式 (CON-21).
    package enum Method: String, CaseIterable, Codable, Sendable {
        /// 现场
        case onSite
        /// 视频
        case video
        /// 电话
        case telephone
        /// 资料
        case documents
    }

    /// What the body that it is addressed to found.
    package struct Verification: Codable, Hashable, Sendable {
        package enum Verdict: String, CaseIterable, Codable, Sendable { case confirm, refuse }

        package var verdict: Verdict
        package var method: Method
        /// What was found, or why it is refused.
        package var finding: String
        package var evidence: [Evidence]
        /// The end that was confirmed or refused.
        package var until: Instant
        package var by: String
        package var node: NodeID
        package var at: Instant
    }

    /// A later end that the enterprise wants.
    package struct Extension: Codable, Hashable, Sendable {
        package var until: Instant
        package var reason: String
        package var by: String
        package var at: Instant
    }

    package var id: FilingID
    package var enterprise: EnterpriseID
    /// As it was sent: points, and devices with all that hangs on them.
    package var named: Named
    /// Every point that it takes out of service, by id.
    package var points: [PointID]
    package var cause: Cause
    package var reason: String
    package var startAt: Instant
    /// The end as it stands: expected, extended, or brought forward.
    package var endAt: Instant
    /// True: the enterprise applies for the devices to be disabled in the system 申请停用.
    package var disables: Bool
    package var evidence: [Evidence]
    package var sentBy: String
    package var sentAt: Instant
    /// The body that verifies it, and where that stands.
    package var addressee: NodeID
    package var clause: String
    package var state: State
    /// Later ends, confirmed or not, the earliest first.
    package var extensions: [Extension] = []
    /// A later end that nobody has verified.
    package var pending: Extension?
    package var verifications: [Verification] = []
    /// Who brought the end forward or took the filing back, and when.
    package var ended: Ended?
    /// How often whoever verifies was reminded of what waits now, and when last (CON-23).
    package var nudgeCount = 0
    package var nudgedAt: Instant?

    /// What the sender named.
    package struct Named: Codable, Hashable, Sendable {
        package var points: [PointID]
        package var devices: [DeviceID]
        /// The end that was expected at first.
        package var endAt: Instant
    }

    package struct Ended: Codable, Hashable, Sendable {
        package var by: String
        package var at: Instant
        package var reason: String
    }

    package var partKey: String { "filing/" + id.text }
    package var node: NodeID { NodeID(enterprise.text) }

    /// Nobody has been reminded of what waits from now on.
    mutating func beginWaiting() { (nudgeCount, nudgedAt) = (0, nil) }

    /// True while somebody must verify it or a later end of it.
    package var isUnconfirmed: Bool { state == .sent || pending != nil }

    /// Since when it waits for whoever verifies; nil: it does not wait (CON-23).
    package var waitsSince: Instant? { state == .sent ? sentAt : pending?.at }

    /// When nothing was left to be done about it; nil: something is.
    package var closedAt: Instant? {
        if pending != nil { return nil }
        switch state {
        case .sent, .confirmed, .inForce: return nil
        case .over, .refused, .withdrawn:
            let last = [verifications.last?.at, ended?.at].compactMap(\.self).max()
            return state == .over ? max(endAt, last ?? endAt) : last ?? sentAt
        }
    }

    /// True once a body above has confirmed it, whatever became of it since.
    package var isConfirmed: Bool {
        switch state {
        case .confirmed, .inForce, .over: true
        case .sent, .refused, .withdrawn: false
        }
    }

    /// The time that counts as excused for the online rate: all of it, once it is confirmed.
    package var excused: (from: Instant, to: Instant)? {
        isConfirmed && startAt < endAt ? (startAt, endAt) : nil
    }
}

package import Domain

/// What is wrong with accessed data 问题: a kind for each thing that the rules name.
package enum FindingKind: String, CaseIterable, Codable, Sendable {
    // The line.
    case neverConnected, offline, longTermOffline, linkBroken
    // What was measured.
    case flatLine, clockSkew, outsideRange, stoppedButRunning, runningButStopped
    // What is registered.
    case rangeMoved, limitsMoved, pointRemoved
    case noUnit, noDevice, vagueName, duplicateName, illogicalLimits, missingPoint, undeclaredPoint
    case cameraUnreachable
    // What people do on schedule.
    case cleaningMissed
    // What people saw and wrote down (ING-18).
    case alarmClosed, dataTampered, deviceRemoved, deviceMoved, powerCut, networkCut, cameraBlocked

    /// The five qualities of data (ING-13).
    package enum Quality: String, CaseIterable, Codable, Sendable {
        /// 真实、即时、完整、规范、准确
        case `true`, immediate, complete, normative, accurate
    }

    package enum Origin: String, CaseIterable, Codable, Sendable {
        /// It is there as long as data show it, and ends by itself.
        case data
        /// It is there as long as the registry shows it.
        case registry
        /// Something was done; it stays until somebody verified that it was put right.
        case act
    }

    package var title: String {
        switch self {
        case .neverConnected: "应接未接"
        case .offline: "离线"
        case .longTermOffline: "长期离线"
        case .linkBroken: "级联链路中断"
        case .flatLine: "数据长期不变"
        case .clockSkew: "时钟偏差"
        case .outsideRange: "数据超出量程"
        case .stoppedButRunning: "申报停用实际运行"
        case .runningButStopped: "申报运行实际停用"
        case .rangeMoved: "量程未报备调整"
        case .limitsMoved: "阈值未报备调整"
        case .pointRemoved: "点位未报备拆除"
        case .noUnit: "缺计量单位"
        case .noDevice: "未关联设备"
        case .vagueName: "名称含义不清"
        case .duplicateName: "名称重复"
        case .illogicalLimits: "阈值不合逻辑"
        case .missingPoint: "应设点位缺失"
        case .undeclaredPoint: "点位未申报"
        case .cameraUnreachable: "视频无取流地址"
        case .cleaningMissed: "粉尘清扫逾期"
        case .alarmClosed: "关闭、破坏监控报警"
        case .dataTampered: "篡改、隐瞒、销毁数据"
        case .deviceRemoved: "擅自停用、拆除设备"
        case .deviceMoved: "擅自移动监测点"
        case .powerCut: "无故断电"
        case .networkCut: "无故断网"
        case .cameraBlocked: "遮挡视频"
        }
    }

    package var quality: Quality {
        switch self {
        case .neverConnected, .offline, .longTermOffline, .linkBroken, .missingPoint,
            .pointRemoved, .cameraUnreachable, .cleaningMissed, .powerCut, .networkCut,
            .cameraBlocked:
            .complete
        case .flatLine, .stoppedButRunning, .runningButStopped, .rangeMoved, .limitsMoved,
            .alarmClosed, .dataTampered, .deviceRemoved, .deviceMoved:
            .true
        case .clockSkew: .immediate
        case .outsideRange: .accurate
        case .noUnit, .noDevice, .vagueName, .duplicateName, .illogicalLimits, .undeclaredPoint:
            .normative
        }
    }

    package var origin: Origin {
        switch self {
        case .neverConnected, .offline, .longTermOffline, .linkBroken, .flatLine, .clockSkew,
            .outsideRange, .stoppedButRunning, .runningButStopped, .cleaningMissed:
            .data
        case .noUnit, .noDevice, .vagueName, .duplicateName, .illogicalLimits, .missingPoint,
            .undeclaredPoint, .cameraUnreachable:
            .registry
        case .rangeMoved, .limitsMoved, .pointRemoved, .alarmClosed, .dataTampered, .deviceRemoved,
            .deviceMoved, .powerCut, .networkCut, .cameraBlocked:
            .act
        }
    }

    /// True: it may be forbidden by 002-DQ §8, so each needs an inspection (ING-18).
    package var isIntegrity: Bool { origin == .act || quality == .true }

    /// Where it stands.
    package var clause: Clause {
        switch self {
        case .neverConnected, .missingPoint, .undeclaredPoint: Clause("002-DQ §4")
        case .offline: Clause("002-DQ §10")
        case .longTermOffline: Clause("002-EN 一")
        case .linkBroken: Clause("000 §6")
        case .cameraUnreachable: Clause("002-DQ §6")
        case .cleaningMissed: Clause("004 三(二)")
        case .clockSkew, .outsideRange: Clause("002-DQ §2")
        case .noUnit, .noDevice, .vagueName, .duplicateName, .illogicalLimits:
            Clause("002-DQ §5")
        case .flatLine, .stoppedButRunning, .runningButStopped, .rangeMoved, .limitsMoved,
            .pointRemoved, .alarmClosed, .dataTampered, .deviceRemoved, .deviceMoved, .powerCut,
            .networkCut, .cameraBlocked:
            Clause("002-DQ §8")
        }
    }
}

/// Which finding is meant: one of a kind at an entry is open at a time.
package struct FindingKey: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    package var kind: FindingKind
    package var of: EntryKind
    package var id: String

    package init(_ kind: FindingKind, _ entry: EntryKey) {
        (self.kind, of, id) = (kind, entry.kind, entry.id)
    }

    package var entry: EntryKey { EntryKey(of, id) }
    package var description: String { kind.rawValue + "/" + of.rawValue + "/" + id }

    package static func < (left: Self, right: Self) -> Bool {
        (left.kind.rawValue, left.of.rawValue, left.id)
            < (right.kind.rawValue, right.of.rawValue, right.id)
    }
}

/// One thing that shows a finding: what it is, and what it says.
package struct Clue: Hashable, Codable, Sendable {
    package var name: String
    package var text: String

    package init(_ name: String, _ text: String) { (self.name, self.text) = (name, text) }
}

/// What a detector saw: not yet a finding, as one may be open already.
package struct Sighting: Hashable, Sendable {
    package var key: FindingKey
    package var node: NodeID
    /// When it was so first and last, by what shows it.
    package var firstAt: Instant
    package var lastAt: Instant
    package var clues: [Clue]

    package init(
        _ kind: FindingKind, _ entry: EntryKey, node: NodeID, firstAt: Instant, lastAt: Instant,
        clues: [Clue]
    ) {
        key = FindingKey(kind, entry)
        (self.node, self.firstAt, self.lastAt) = (node, firstAt, lastAt)
        self.clues = clues
    }
}

/// The name of one thing 标识, opaque: national codes embed areas and go stale, so none is parsed.
///
/// Distinct types keep a point's id from being passed where a source's is meant.
package protocol Identifier: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    var text: String { get }
    init(_ text: String)
}

extension Identifier {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
    package var description: String { text }
}

/// A node of the organisation tree 组织机构: nation, province, city, county, town, park, enterprise.
package struct NodeID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A regulated company 企业; the same text as its node in the tree.
package struct EnterpriseID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A major hazard source 重大危险源.
package struct HazardSourceID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A device 设备 that points hang on.
package struct DeviceID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// One measuring place 点位.
package struct PointID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A gateway 网关 that pushes readings.
package struct GatewayID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A person 人员 named in the registry.
package struct PersonID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// One alarm session 报警.
package struct AlarmID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// One warning from receipt to closed loop 预警处置.
package struct CaseID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// One message to one recipient over one channel 提醒短信、推送.
package struct NoticeID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

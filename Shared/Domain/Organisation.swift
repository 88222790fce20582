/// The kind of a node of the organisation tree 组织机构.
package enum NodeKind: String, CaseIterable, Codable, Sendable {
    case nation, province, city, county, town, park, enterprise
    /// 技术服务机构: builds or looks after systems; it stands under a body, and nothing under it.
    case serviceBody
}

/// Where an enterprise stands 企业位置: in a park 园区内, outside 园区外, or managed by the city 市管.
package enum Placement: String, CaseIterable, Codable, Sendable {
    case inPark, outsidePark, cityManaged
}

/// The tier of a responsible person 三级包保责任人: 主要负责人、技术负责人、操作负责人.
package enum Tier: String, CaseIterable, Codable, Sendable {
    case principal, technical, operating
}

/// What a hazard source is made of 单元: tank farm 储罐区, warehouse 仓库, process unit 生产装置.
package enum UnitKind: String, CaseIterable, Codable, Sendable {
    case tankFarm, warehouse, processUnit
}

/// What a point measures 指标; `liquidLevel` is 液位 and never just "level".
///
/// Those named here are built in; a pack adds more as data.
package struct Indicator: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    package static let temperature = Indicator("temperature")
    package static let pressure = Indicator("pressure")
    package static let liquidLevel = Indicator("liquidLevel")
    package static let combustibleGas = Indicator("combustibleGas")
    package static let toxicGas = Indicator("toxicGas")
    package static let other = Indicator("other")
}

/// How a notice travels 发送渠道.
package enum Channel: String, CaseIterable, Codable, Sendable {
    /// 短信 through the provider that the platform is configured with.
    case sms
    /// 短信 through a second provider, unrelated to the first.
    case smsBackup
    /// 语音电话.
    case voice
    /// 工作群: the robot of a group chat.
    case robot
    /// 电子邮件.
    case email
    /// 值班台: the inbox of a duty desk.
    case desk
}

/// How far a notice has come 送达状态; sent is not delivered.
///
/// `unknown` 不明: handed over, and no receipt came in its time; it may have arrived.
///
/// `merged` 合并: issued late or late in getting through; a later one says it.
package enum Delivery: String, CaseIterable, Codable, Sendable {
    case queued, sent, unknown, delivered, seen, confirmed, failed, merged
}

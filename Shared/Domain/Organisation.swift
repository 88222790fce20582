/// The kind of a node of the organisation tree 组织机构.
package enum NodeKind: String, CaseIterable, Codable, Sendable {
    case nation, province, city, county, town, park, enterprise
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
package enum Indicator: String, CaseIterable, Codable, Sendable {
    case temperature, pressure, liquidLevel, combustibleGas, toxicGas, other
}

/// How a notice travels 发送渠道: by the HTTP interface of a provider, or to a duty desk's inbox.
package enum Channel: String, CaseIterable, Codable, Sendable {
    case http, desk
}

/// How far a notice has come 送达状态; sent is not delivered.
///
/// `merged` 合并: issued late or late in getting through; a later one says it.
package enum Delivery: String, CaseIterable, Codable, Sendable {
    case queued, sent, delivered, seen, confirmed, failed, merged
}

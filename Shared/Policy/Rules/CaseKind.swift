/// What a case is about 事项类别.
package enum CaseKind: String, CaseIterable, Codable, Sendable {
    /// A warning of a hazard source 预警.
    case warning
    /// Something that cannot wait for a level 紧急状况 (000 §17).
    case emergency
    /// An enterprise, or a part of it, sends nothing 离线 (000 N三(二)).
    case offline
    /// A problem that a patrol, a sampling or an inspection found 问题.
    case finding
    /// Work on the platform itself that will be felt 计划性工作 (001 §22).
    case plannedWork
}

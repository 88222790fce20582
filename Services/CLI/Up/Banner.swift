import Runtime

/// What a person needs to know once everything runs: where it is, and where to look next.
struct Banner {
    let command: UpCommand
    let installation: Installation
    let services: [RunningService]

    var lines: [String] {
        let data = installation.folder.data.map { " --data \($0)" } ?? ""
        let next =
            command.clock == .simulated
            ? [
                "hazwatch registry import REGISTRY.yaml\(data)",
                "hazwatch replay DATA --mapping MAPPING.yaml --accelerated\(data)",
                "hazwatch warning list\(data)", "hazwatch case list --all\(data)",
            ]
            : [
                "hazwatch warning list\(data)", "hazwatch alarm list\(data)",
                "hazwatch case list\(data)", "hazwatch reading latest\(data)",
                "hazwatch journal tail --service notification --follow\(data)",
            ]
        return [
            "Hazwatch 危险化学品安全生产风险监测预警系统",
            "办法 profile \(command.profile), 时钟 clock \(command.runningClock.rawValue)",
        ] + services.map { "  " + $0.announcement } + [
            (installation.isNew ? "新建令牌 new administrator token: " : "令牌 administrator token: ")
                + installation.folder.administratorToken,
            "接下来，在另一个终端 next, in another terminal:",
        ] + next.map { "  " + $0 } + ["Ctrl-C 停止 stops.", ""]
    }
}

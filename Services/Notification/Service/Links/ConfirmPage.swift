import Contracts
import Domain
import Runtime

/// The page behind a short link: what was sent, and a button that confirms it.
struct ConfirmPage {
    enum State {
        case open(NotificationV1.Notice)
        case confirmed(NotificationV1.Notice)
        /// The link is wrong, or what it stands for can no longer be confirmed.
        case refused(String)
    }

    let state: State
    let zone: Zone

    var html: String {
        let content: String
        switch state {
        case .open(let notice):
            content =
                message(notice) + """
                    <form method="post"><button type="submit">签收</button></form>
                    <p class="hint">签收只表示您已收到，不代替处置、核实和反馈。</p>
                    """
        case .confirmed(let notice):
            let time = zone.text(Instant(unixMilliseconds: notice.stateAtUnixMs))
            content = message(notice) + "<p class=\"done\">已签收　\(time.asHTML)</p>"
        case .refused(let text):
            content = "<p class=\"refused\">\(text.asHTML)</p>"
        }
        return """
            <!doctype html>
            <html lang="zh-CN"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex"><title>签收预警</title>
            <style>
            body{font:18px/1.6 system-ui,sans-serif;margin:0;padding:1.2rem;color:#111;background:#fff}
            main{max-width:32rem;margin:auto}
            .text{white-space:pre-wrap;border-left:6px solid #444;padding:.2rem 0 .2rem .8rem}
            .red{border-color:#c00}.orange{border-color:#e60}.yellow{border-color:#da0}
            .blue{border-color:#06c}
            button{font:inherit;font-weight:600;width:100%;padding:.9rem;border:0;border-radius:.4rem;
            background:#0b5cad;color:#fff}
            .hint{color:#555;font-size:.9rem}.done{font-weight:600;color:#060}
            .refused{font-weight:600;color:#900}
            </style></head><body><main>
            \(content)
            </main></body></html>

            """
    }

    private func message(_ notice: NotificationV1.Notice) -> String {
        let drill = notice.isDrill ? "<p><strong>演练</strong></p>" : ""
        let sent = zone.text(Instant(unixMilliseconds: notice.decidedAtUnixMs))
        let level = (try? WarningLevel(notice.level))?.rawValue ?? ""
        return """
            \(drill)<p class="text \(level)">\(notice.text.asHTML)</p>
            <p class="hint">\(notice.nodeName.asHTML)　发出时间 \(sent.asHTML)</p>

            """
    }
}

package import Domain

/// The articles that exist, so that a profile cannot cite one that does not.
package struct ClauseIndex: Sendable {
    /// One regulation 办法 under the short code that clauses use.
    package struct Document: Equatable, Codable, Sendable {
        package var code: String
        package var title: String
        package var articles: [String]

        package init(code: String, title: String, articles: [String]) {
            (self.code, self.title, self.articles) = (code, title, articles)
        }
    }

    package var documents: [Document]

    package init(documents: [Document]) {
        self.documents = documents
    }

    /// The references in a clause, which are set apart by semicolons: `002-WD §5; ours 0011`.
    package static func references(in clause: Clause) -> [String] {
        clause.text.split(separator: ";").map { trimmed(String($0)) }
    }

    /// What is wrong with `clause`, as sentences; none if each reference names an existing article.
    package func complaints(about clause: Clause) -> [String] {
        let references = Self.references(in: clause)
        if references.isEmpty { return ["the clause is empty; write one such as `002-WD §5`."] }
        return references.compactMap(complaint)
    }

    private func complaint(about reference: String) -> String? {
        let parts = reference.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            return "`\(reference)` names no article; write the code of a regulation, a space "
                + "and the article, such as `002-WD §5`."
        }
        guard let document = documents.first(where: { $0.code == parts[0] }) else {
            let codes = documents.map(\.code).joined(separator: ", ")
            return "no regulation has the code `\(parts[0])`; write one of \(codes)."
        }
        guard document.articles.contains(parts[1]) else {
            return "`\(document.code)` (\(document.title)) has no article `\(parts[1])`; write "
                + "one from `\(document.articles.first ?? "")` to "
                + "`\(document.articles.last ?? "")`."
        }
        return nil
    }

    /// The full title behind a reference, for people: `预警信息处置管理办法（试行） §10`.
    package func title(of reference: String) -> String {
        let parts = reference.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2, let document = documents.first(where: { $0.code == parts[0] })
        else { return reference }
        return "\(document.title) \(parts[1])"
    }
}

extension ClauseIndex {
    /// The five regulations that Hazwatch knows, and the decisions that are ours.
    package static let known = ClauseIndex(documents: [
        Document(
            code: "000", title: "常州市重大危险源监测预警系统值班值守通知及管理办法",
            articles: ["N0", "N一", "N二", "N三(一)", "N三(二)", "N三(三)", "F1"] + sections(23)),
        Document(code: "001", title: "北京市监测预警系统运行管理办法", articles: sections(26)),
        Document(code: "002-J", title: "晋城市贯彻落实五项制度的通知", articles: ["一", "二", "三"]),
        Document(code: "002-P", title: "山西省转发五项制度的通知", articles: ["0", "一", "二", "三"]),
        Document(code: "002-PA", title: "分级巡查抽查管理办法（试行）", articles: sections(17) + ["F"]),
        Document(code: "002-WD", title: "预警信息处置管理办法（试行）", articles: sections(17)),
        Document(code: "002-DQ", title: "数据质量管理办法（试行）", articles: sections(13)),
        Document(code: "002-IN", title: "信息通报制度（试行）", articles: sections(11)),
        Document(
            code: "002-EN", title: "企业常态化应用规定（试行）",
            articles: ["一", "二", "三", "四", "五", "六", "七", "八"]),
        Document(
            code: "003", title: "淄博市监测预警系统建设工作方案",
            articles: [
                "一", "二(一)1(1)", "二(一)1(2)", "二(一)1(3)", "二(一)1(4)", "二(一)2",
                "二(一)3(1)", "二(一)3(2)", "二(一)3(3)", "二(一)4", "二(二)1", "二(二)2",
                "二(二)3", "二(三)", "二(三)1", "二(三)2", "二(三)3", "二(三)4", "二(三)5",
                "二(三)6", "二(三)7", "二(四)", "三(一)", "三(二)", "三(三)", "四(一)", "四(二)",
                "四(三)",
            ]),
        Document(
            code: "004", title: "荔城区粉尘涉爆企业监测预警系统建设应用实施方案",
            articles: [
                "一", "二", "三(一)", "三(二)", "三(三)", "三(三)1", "三(三)2", "三(三)3",
                "四(一)", "四(二)", "四(三)", "五(一)", "五(二)", "五(三)", "F",
            ]),
        Document(
            code: "放假安排", title: "国务院办公厅关于部分节假日安排的通知",
            articles: (2021...2026).map { "\($0)年" }),
        Document(
            code: "ours", title: "docs/decisions",
            articles: [
                "0010", "0011", "0012", "0013", "0014", "0015", "0016", "0019", "0020", "0021",
                "0022", "0023", "0025",
            ]),
    ])

    private static func sections(_ count: Int) -> [String] {
        (1...count).map { "§\($0)" }
    }
}

/// `text` without blanks at its ends.
func trimmed(_ text: String) -> String {
    var rest = Substring(text)
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
}

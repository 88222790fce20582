import Domain
import IngestCore
import Policy

/// A form of one item of each kind.
let smallForm: CommitmentForm = {
    typealias Form = CommitmentForm
    let units = Form.Item(
        id: "units", title: "装置", part: .units, kind: .number, max: 100, clause: "002-EN 五")
    let running = Form.Item(
        id: "running", title: "运行", part: .units, kind: .number, max: 100, clause: "002-EN 五")
    var standing = Form.Item(
        id: "standing", title: "停产", part: .units, kind: .number, max: 100, clause: "002-EN 五")
    standing.isRequired = false
    var fires = Form.Item(
        id: "fires", title: "动火", part: .specialWork, kind: .number, max: 100,
        clause: "002-EN 五")
    fires.work = "hotWork"
    let danger = Form.Item(
        id: "danger", title: "重大隐患", part: .judgement, kind: .flag, max: 1,
        clause: "002-EN 五")
    var grade = Form.Item(
        id: "grade", title: "风险", part: .judgement, kind: .choice, max: 1, clause: "002-EN 五")
    grade.words = [.init(id: "high", title: "高"), .init(id: "low", title: "低")]
    let notice = Form.Item(
        id: "notice", title: "公告", part: .measures, kind: .text, max: 20, clause: "002-EN 五")
    var duty = Form.Item(
        id: "duty", title: "电话", part: .measures, kind: .text, max: 20, clause: "002-EN 五")
    (duty.isRequired, duty.isPublished) = (false, false)
    return Form(
        id: "small", version: day("2021-06-25"), title: "承诺",
        items: [units, running, standing, fires, danger, grade, notice, duty],
        works: [.init(id: "hotWork", title: "动火"), .init(id: "change", title: "变更")],
        lateReasons: [.init(id: "network", title: "网络"), .init(id: "other", title: "其他")],
        measures: [.init(id: "telephoned", title: "电话")],
        sums: [.init(total: "units", parts: ["running"])],
        declares: .init(
            units: "units", running: "running", stopped: "standing", changing: ["danger"],
            work: "change"))
}()

/// A day that there is.
func day(_ text: String) -> CalendarDay {
    guard let day = CalendarDay(text) else { preconditionFailure("\(text) is no day.") }
    return day
}

/// By 10:00; what happens at 10:00:00 is late.
let tenOClock = CommitmentRule(
    dueMinutes: 600, boundary: .before, clause: Clause("002-DQ §7"))

/// A machine with the small city, an officer at each plant, and its books.
func ingestMachine(
    filings: FilingBook = FilingBook(), rule: CommitmentRule? = tenOClock,
    at now: Instant = t0
) throws -> IngestMachine {
    var machine = IngestMachine(
        registrar: RegistryMachine(),
        commitments: CommitmentBook(form: smallForm, rule: rule, zone: .beijing),
        filings: filings)
    let officers = [
        "officer id=o1 node=e1 post=principal name=负责人甲 telephone=000-0000-0004",
        "officer id=o2 node=e2 post=principal name=负责人乙 telephone=000-0000-0005",
        "officer id=o3 node=e1 post=safetyHead name=安全员 telephone=000-0000-0006",
        "officer id=o4 node=e1 post=principal name=前任 telephone=000-0000-0007 "
            + "leftOn=2021-10-01",
    ]
    let file = document((city + officers).joined(separator: "\n"))
    _ = try machine.handle(.registry(.importSent(file, scope: nil)), at: now)
    return machine
}

/// Kinds of objects that a plant has.
let plantPacks: Packs = {
    var pack = Pack(id: "plant", version: day("2021-06-25"), title: "厂区", standards: ["标准"])
    pack.kinds = ["dutyCentre", "keyPosition"].map {
        KindForm(of: .object, kind: $0, title: $0, under: [.enterprise])
    }
    var workshop = KindForm(of: .object, kind: "workshop", title: "车间", under: [.enterprise])
    workshop.facts = [FactForm(id: "cleanEveryHours", title: "周期", kind: .number)]
    var camera = KindForm(of: .camera, title: "摄像头")
    camera.facts = [FactForm(id: "url", title: "取流地址", kind: .text)]
    pack.kinds += [workshop, camera]
    pack.cleaning = [
        CleaningRule(
            of: .object, kind: "workshop", everyFact: "cleanEveryHours", usualHours: 24,
            clause: "004 三(二)")
    ]
    return Packs([pack])
}()

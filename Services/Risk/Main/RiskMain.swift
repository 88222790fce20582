import Foundation
import Risk
import Runtime

@main enum RiskMain {
    static func main() async {
        exit(await ServiceMain.run(RiskService.self))
    }
}

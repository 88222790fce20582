@main enum RiskMain { static func main() {} }

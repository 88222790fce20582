@main enum Hazwatch { static func main() {} }

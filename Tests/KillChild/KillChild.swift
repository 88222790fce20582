@main enum KillChild { static func main() {} }

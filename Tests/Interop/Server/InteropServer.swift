@main enum InteropServer { static func main() {} }

/// Why the page's files cannot be joined: where, and what to write instead.
struct ModuleFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's path in `Web/`.
    var file: String
    /// 1-based; 0 for what concerns the whole file.
    var line: Int
    var reason: String

    init(_ file: String, line: Int = 0, _ reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    var description: String { line > 0 ? "\(file):\(line): \(reason)" : "\(file): \(reason)" }
}

/// The `pattern` of a JSON Schema: it may match anywhere in a text unless `^` and `$` hold it.
struct SchemaPattern: Sendable {
    let source: String
    private let pattern: TextPattern

    init(_ source: String) throws(TextPatternError) {
        // By itself first: what is put around it could close what it leaves open.
        _ = try TextPattern(source)
        self.source = source
        pattern = try TextPattern("[\\s\\S]*(?:\(source))")
    }

    /// - Throws: ``TextPatternError/tooMuchWork(limit:)``.
    func matches(_ text: String) throws(TextPatternError) -> Bool {
        try pattern.matchesBeginning(of: text)
    }
}

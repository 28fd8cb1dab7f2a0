/// Who may read a document that includes others; every engine keeps to this.
@_spi(CorpusEngine) public enum InclusionReaders {
    /// The rule of those who may read a document by itself and all that stands in it.
    ///
    /// - Parameter ownReaders: the readers that a stored document has by itself; `nil` for one that is not there.
    public static func rule(
        _ readers: AccessRule, ofDocument document: String, including inclusions: [Inclusion],
        ownReaders: (String) throws -> AccessRule?
    ) rethrows -> AccessRule {
        var rule = readers
        for inclusion in inclusions where inclusion.isAllowed {
            guard let id = inclusion.targetID, id != document else { continue }
            guard let target = try ownReaders(id) else {
                // It was removed, its text still stands here, and nobody can tell who might read it.
                rule = .nobody
                continue
            }
            if !readers.implies(target) { rule = rule.and(target) }
        }
        return rule
    }
}

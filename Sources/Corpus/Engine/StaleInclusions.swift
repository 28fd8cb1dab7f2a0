/// Finds the documents whose text would come out otherwise now: a page that they include changed, came, went, or is
/// readable by others than it was.
@_spi(CorpusEngine) public struct StaleInclusions {
    /// What tells whether an included page is as it was.
    public struct Target {
        var id: String
        var hash: String
        var readers: AccessRule

        public init(id: String, hash: String, readers: AccessRule) {
            self.id = id
            self.hash = hash
            self.readers = readers
        }
    }

    /// Their ids, in the order in which they were looked at.
    public private(set) var documents: [String] = []
    private var targets: [[String]: Target?] = [:]

    public init() {}

    /// Looks at one inclusion; those of a document come one after the other.
    ///
    /// - Parameters:
    ///   - readers: those that the including document has by itself.
    ///   - target: the page of that title and space as it is now; `nil` where there is none.
    public mutating func look(
        at known: Inclusion, ofDocument id: String, readers: () throws -> AccessRule,
        target find: (_ title: String, _ spaceKey: String) throws -> Target?
    ) rethrows {
        guard documents.last != id else { return }
        let key = [known.spaceKey, known.title]
        let target = try targets[key] ?? find(known.title, known.spaceKey)
        targets[key] = .some(target)
        let isAllowed = try target.map { try readers().implies($0.readers) } ?? false
        if target?.id != known.targetID || target?.hash ?? "" != known.targetHash
            || isAllowed != known.isAllowed
        {
            documents.append(id)
        }
    }
}

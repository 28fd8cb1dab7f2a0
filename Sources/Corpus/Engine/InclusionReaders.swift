/// What an engine keeps of documents that stand in others, within one transaction of its own.
///
/// Who may read such a document follows from it (``access(_:ofDocument:including:)``), in every engine alike.
@_spi(CorpusEngine) public protocol InclusionReaders {
    /// The readers that a stored document has by itself; `nil` for one that is not there.
    func ownReaders(ofDocument id: String) throws -> AccessRule?
    func inclusions(ofDocument id: String) throws -> [Inclusion]
    /// Ids of the other documents that a document's text stands in.
    func documents(including id: String) throws -> [String]
    func intern(_ rule: AccessRule) throws -> AccessClassID
    /// Sets who may read a document and its chunks.
    func set(_ access: AccessClassID, ofDocument id: String) throws
    /// Keeps the readers that a stored document has by itself, where its class is another than theirs.
    func keep(_ own: AccessRule, access: AccessClassID, ofDocument id: String) throws
}

extension InclusionReaders {
    /// The class of those who may read a document by itself and all that it includes.
    @_spi(CorpusEngine) public func access(
        _ readers: AccessRule, ofDocument document: String, including inclusions: [Inclusion]
    ) throws -> AccessClassID {
        var rule = readers
        for inclusion in inclusions where inclusion.isAllowed {
            guard let id = inclusion.targetID, id != document else { continue }
            guard let target = try ownReaders(ofDocument: id) else {
                // It was removed, its text still stands here, and nobody can tell who might read it.
                rule = .nobody
                continue
            }
            if !readers.implies(target) { rule = rule.and(target) }
        }
        return try intern(rule)
    }

    /// Keeps a document's own readers where it has fewer, and narrows those of the documents it stands in.
    @_spi(CorpusEngine) public func follow(
        _ own: AccessRule, access: AccessClassID, ofDocument id: String
    ) throws {
        try keep(own, access: access, ofDocument: id)
        try narrowDocuments(including: id)
    }

    /// Closes the documents that a document stands in to those who may not read it; to all once it is gone.
    @_spi(CorpusEngine) public func narrowDocuments(including id: String) throws {
        for document in try documents(including: id) {
            guard let readers = try ownReaders(ofDocument: document) else { continue }
            let access = try access(
                readers, ofDocument: document, including: inclusions(ofDocument: document))
            try set(access, ofDocument: document)
            try keep(readers, access: access, ofDocument: document)
        }
    }

    /// Gives a document other readers, or the same ones anew because it includes others than before.
    ///
    /// - Parameter inclusions: what stands in it; `nil` for what is kept of that.
    @_spi(CorpusEngine) public func set(
        _ readers: AccessRule, ofDocument id: String, including inclusions: [Inclusion]? = nil
    ) throws {
        let access = try access(
            readers, ofDocument: id, including: inclusions ?? self.inclusions(ofDocument: id))
        try set(access, ofDocument: id)
        try follow(readers, access: access, ofDocument: id)
    }
}

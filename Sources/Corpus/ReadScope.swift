import Synchronization

/// What one caller may read, for as long as one request lasts.
///
/// Made once, at the door, from who the caller is; whatever serves the request receives it and can neither make
/// one nor look inside. The first snapshot that needs it expands the caller's principals to access classes, in
/// its own transaction, and every later one of the same request goes by these classes: a request that takes long
/// never sees more half way through.
///
/// Making one costs nothing; only a corpus can (``ReadScopes``).
public final class ReadScope: Sendable {
    private let reader: Reader
    private let satisfied = Mutex<Set<AccessClassID>?>(nil)
    private let documents = Mutex<Set<String>>([])
    private let borneToken = Mutex<CallerToken?>(nil)

    /// For engines of a corpus alone; everybody else asks ``ReadScopes``.
    @_spi(CorpusEngine) public init(_ reader: Reader) {
        self.reader = reader
    }

    /// The documents of which something was shown within this scope, whoever read it from where: from the corpus, from a
    /// cache, or from what a run kept.
    ///
    /// Whoever tells it for a while can look whether each of them may still be read.
    public var shownDocuments: Set<String> { documents.withLock { $0 } }

    /// Says that something of these documents of the corpus was shown, or given to what writes what is shown.
    public func shows(_ documents: some Sequence<String>) {
        self.documents.withLock { $0.formUnion(documents) }
    }

    /// The caller's principals, for a managed search that keeps access rules of its own. Nobody else needs them.
    @_spi(ManagedSearch) public var principals: Set<Principal> { reader.principals }

    /// The token by which the caller of this request proved who they are, for a managed search that asks for it; `nil`
    /// where something else proved it, and for what is carried out later.
    @_spi(ManagedSearch) public var token: CallerToken? { borneToken.withLock { $0 } }

    /// Says by which token the caller proved who they are: where a request becomes a caller.
    public func bears(_ token: CallerToken) {
        borneToken.withLock { $0 = token }
    }

    /// The access classes that the caller satisfies.
    ///
    /// - Parameter expand: finds them; called once a scope.
    @_spi(CorpusEngine) public func classes(
        _ expand: (Reader) throws -> Set<AccessClassID>
    ) rethrows -> Set<AccessClassID> {
        try satisfied.withLock { satisfied in
            if let satisfied { return satisfied }
            let found = try expand(reader)
            satisfied = found
            return found
        }
    }
}

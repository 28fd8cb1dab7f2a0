import Synchronization

/// What searches count documents by, and which document each passage is from, kept between searches and level with the
/// corpus by its log of changes.
///
/// A search ranks hundreds of passages and shows twenty: without this, reading facts of documents that are only counted
/// is most of what it does. An entry holds for every snapshot from the one it was read in on, until a change names its
/// document; who may read it is looked at with each use.
@_spi(CorpusEngine) public final class PassageFactsCache: Sendable {
    /// The document of a passage, and who may read the passage.
    public struct Place: Sendable {
        public var document: String
        public var accessClass: AccessClassID

        public init(document: String, accessClass: AccessClassID) {
            self.document = document
            self.accessClass = accessClass
        }
    }

    /// A document's facts without its space's name, which changes by itself, and who may read the document.
    public struct Facts: Sendable {
        public var facts: DocumentFacts
        public var accessClass: AccessClassID

        public init(_ facts: DocumentFacts, accessClass: AccessClassID) {
            self.facts = facts
            self.accessClass = accessClass
        }
    }

    /// One row of the log of changes.
    public struct Change: Sendable {
        public var document: String
        public var chunk: Int64?

        public init(document: String, chunk: Int64?) {
            self.document = document
            self.chunk = chunk
        }
    }

    private struct State {
        /// The last change that the entries know of; -1 before the first look.
        var sequence: Int64 = -1
        var places: [Int64: Place] = [:]
        var facts: [String: Facts] = [:]
    }

    private let state = Mutex(State())
    private let placeLimit: Int
    private let factsLimit: Int

    /// - Parameters:
    ///   - placeLimit: passages that are remembered, about 50 bytes each; all are forgotten when there are more.
    ///   - factsLimit: documents, about 300 bytes each.
    public init(placeLimit: Int = 500_000, factsLimit: Int = 100_000) {
        self.placeLimit = placeLimit
        self.factsLimit = factsLimit
    }

    /// Forgets what changed up to change `now` of a snapshot.
    ///
    /// - Parameter changes: what happened after a change, or `nil` when that is too long ago to be known.
    func level(upTo now: Int64, changes: (_ sequence: Int64) throws -> [Change]?) rethrows {
        let known = state.withLock { $0.sequence }
        guard now > known else { return }
        let changes = known < 0 ? nil : try changes(known)
        state.withLock { state in
            guard now > state.sequence else { return }
            // Another snapshot may have levelled it further meanwhile; what it forgot is only read again.
            if let changes {
                for change in changes {
                    state.facts[change.document] = nil
                    if let chunk = change.chunk { state.places[chunk] = nil }
                }
            } else {
                state.places = [:]
                state.facts = [:]
            }
            state.sequence = now
        }
    }

    /// Forgets everything: the database may be another one.
    public func reset() { state.withLock { $0 = State() } }

    /// The places that are known.
    func places(of chunks: [Int64]) -> [Int64: Place] {
        state.withLock { state in
            var found: [Int64: Place] = [:]
            found.reserveCapacity(chunks.count)
            for chunk in chunks { found[chunk] = state.places[chunk] }
            return found
        }
    }

    /// The facts that are known.
    func facts(of documents: [String]) -> [String: Facts] {
        state.withLock { state in
            var found: [String: Facts] = [:]
            found.reserveCapacity(documents.count)
            for document in documents { found[document] = state.facts[document] }
            return found
        }
    }

    /// Remembers what a snapshot of change `now` holds; an older one's is passed over, as it may have changed since.
    func remember(_ places: [Int64: Place], at now: Int64) {
        state.withLock { state in
            guard now == state.sequence else { return }
            if state.places.count + places.count > placeLimit { state.places = [:] }
            state.places.merge(places) { $1 }
        }
    }

    func remember(_ facts: [Facts], at now: Int64) {
        state.withLock { state in
            guard now == state.sequence else { return }
            if state.facts.count + facts.count > factsLimit { state.facts = [:] }
            for entry in facts { state.facts[entry.facts.id] = entry }
        }
    }
}

import Concurrency
import Corpus
import Synchronization

/// Answers that were given, and those that are being made.
///
/// An answer is kept under everything that bears on it, and only when corpus and indexes are, at its end, what they were
/// at its beginning: a run reads several snapshots, and one between which something changed is of no single moment.
final class AnswerCache: Sendable {
    struct Key: Hashable, Sendable {
        /// Of the flow and what runs it: ``CacheableFlow/digest(_:parts:)``.
        var digest: String
        /// Text, conversation, filter, number of passages and required confidence.
        var question: Question
        /// Exactly what the caller satisfies.
        var classes: Set<AccessClassID>
        var revision: CorpusRevision

        var byteCount: Int {
            let turns = question.conversation.reduce(0) { $0 + $1.question.utf8.count + $1.answer.utf8.count }
            return digest.utf8.count + 4 * question.text.utf8.count + turns + question.filter.byteCount
                + 16 * classes.count
        }
    }

    /// What a request finds.
    enum Look: Sendable {
        case kept(KeptAnswer)
        case open(Key)
        /// An index is being changed: nothing may be kept.
        case unknown
    }

    enum Joining {
        /// A reader of a run that goes on.
        case joined(AnswerReader)
        /// A reader of a run that must be begun.
        case granted(AnswerReader)
        /// It was kept meanwhile.
        case kept
    }

    /// How answers are shared with other processes; `nil` for not at all.
    let sharing: ResultSharing?
    private let cache: BoundedCache<Key, KeptAnswer>
    private let revisions: CorpusRevisions
    private let flights = Mutex<[Key: AnswerFlight]>([:])

    init(_ limit: CacheLimit, _ revisions: CorpusRevisions, sharing: ResultSharing? = nil) {
        cache = BoundedCache(limit)
        self.revisions = revisions
        self.sharing = sharing
    }

    var statistics: CacheStatistics { cache.statistics }

    /// Looks in the request's snapshot, which a kept answer must fit to the letter.
    func look(
        _ question: Question, digest: String, in snapshot: any CorpusSnapshot
    ) throws(CorpusError) -> Look {
        guard let revision = try revisions.revision(in: snapshot) else { return .unknown }
        let key = Key(
            digest: digest, question: question, classes: snapshot.classes, revision: revision)
        guard let kept = cache.value(for: key, at: revision, counts: false) else { return .open(key) }
        guard try kept.isStill(in: snapshot) else {
            cache.remove(key)
            return .open(key)
        }
        cache.countHit()
        return .kept(kept)
    }

    /// Keeps an answer, if nothing has changed since its key was made.
    ///
    /// - Parameter snapshot: one that was opened after the run had ended.
    /// - Returns: whether nothing has.
    @discardableResult
    func keep(
        _ answer: KeptAnswer, for key: Key, in snapshot: any CorpusSnapshot
    ) throws(CorpusError) -> Bool {
        // What a guardrail refuses is its owner's to change, and nothing here would show that it did.
        guard answer.result.answer.withheld == nil, try isStill(key, in: snapshot) else { return false }
        cache.insert(answer, for: key, bytes: key.byteCount + answer.byteCount, at: key.revision)
        return true
    }

    /// Whether a key made in this snapshot would be the same: corpus, indexes and rights are what they were.
    func isStill(_ key: Key, in snapshot: any AccessSnapshot) throws(CorpusError) -> Bool {
        try revisions.revision(in: snapshot) == key.revision && snapshot.classes == key.classes
    }

    // MARK: One run for all who ask at once

    /// - Parameter patience: a run that has gone on for longer is not joined: its time may be over before it answers.
    func join(_ key: Key, patience: Duration) -> Joining {
        let joining = flights.withLock { flights -> Joining in
            if let flight = flights[key], flight.start.duration(to: .now) < patience, flight.join() {
                return .joined(AnswerReader(flight, key, self))
            }
            // Under the lock: a run's answer is kept before the run goes from the table.
            if cache.value(for: key, at: key.revision, counts: false) != nil { return .kept }
            let flight = AnswerFlight()
            flights[key] = flight
            _ = flight.join()
            return .granted(AnswerReader(flight, key, self))
        }
        switch joining {
        case .joined: cache.countShared()
        case .granted: cache.countMisses()
        case .kept: break
        }
        return joining
    }

    /// Lets nobody join a run any more.
    func close(_ flight: AnswerFlight, _ key: Key) {
        flights.withLock { flights in
            if flights[key] === flight { flights[key] = nil }
        }
    }

    fileprivate func leave(_ flight: AnswerFlight, _ key: Key) {
        let end = flights.withLock { flights in
            let end = flight.leave()
            if end != nil, flights[key] === flight { flights[key] = nil }
            return end
        }
        end?()
    }
}

/// One request's place at a run. When it goes, the request has left the run.
final class AnswerReader: Sendable {
    let flight: AnswerFlight
    let key: AnswerCache.Key
    private let cache: AnswerCache

    fileprivate init(_ flight: AnswerFlight, _ key: AnswerCache.Key, _ cache: AnswerCache) {
        (self.flight, self.key, self.cache) = (flight, key, cache)
    }

    deinit { cache.leave(flight, key) }
}

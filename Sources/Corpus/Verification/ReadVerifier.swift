import Concurrency
import Foundation
import Synchronization

/// Asks sources whether somebody may read their documents right now, and knows the answers for a short while.
///
/// Closed on any doubt: a document that was not asked about, whose source did not answer in time, or that somebody
/// without an account at the source wants to read, may not be read.
public final class ReadVerifier: Sendable {
    /// Asks one source.
    public typealias Ask = @Sendable (_ document: String, _ account: String) async throws -> Bool

    /// How long an answer counts.
    public static let freshness = Duration.seconds(60)
    /// The longest that all questions of one look together take.
    public static let limit = Duration.milliseconds(300)
    /// Documents that one look asks about at most.
    static let documentsAtOnce = 64
    /// Answers that are known at most.
    private static let verdictLimit = 100_000

    /// What became of questions.
    public struct Counts: Sendable, Hashable {
        public var allowed = 0
        public var refused = 0
        /// Known from before.
        public var known = 0
        /// Not answered, or not in time.
        public var failed = 0
    }

    private struct Question: Hashable {
        var ledger: String
        var document: String
        var account: String
    }

    private struct State {
        /// By the ledger of the source.
        var asks: [String: Ask] = [:]
        /// Ledgers of sources by the keys of their spaces.
        var spaces: [String: String] = [:]
        var verdicts: [Question: (mayRead: Bool, until: ContinuousClock.Instant)] = [:]
        var counts = Counts()
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant
    private let limit: Duration

    /// - Parameter limit: the longest that the questions of one look take.
    public init(
        limit: Duration = ReadVerifier.limit,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.limit = limit
        self.now = now
    }

    public var counts: Counts { state.withLock(\.counts) }

    // MARK: Sources

    /// Has a source asked for each of its documents from now on, or no longer.
    public func set(_ ask: Ask?, forLedger ledger: String) {
        state.withLock { state in
            state.asks[ledger] = ask
            // Another account of ours may see other pages.
            state.verdicts = state.verdicts.filter { $0.key.ledger != ledger }
        }
    }

    /// Notes whose a space is, before anything of it is stored.
    public func note(space key: String, ofLedger ledger: String?) {
        state.withLock { $0.spaces[key] = ledger }
    }

    /// Whether any source is asked.
    var isActive: Bool { state.withLock { !$0.asks.isEmpty } }

    /// The ledgers of those of these spaces whose documents are asked about.
    func ledgers(ofSpaces keys: Set<String>) -> [String: String] {
        state.withLock { state in
            var found: [String: String] = [:]
            for key in keys {
                if let ledger = state.spaces[key], state.asks[ledger] != nil { found[key] = ledger }
            }
            return found
        }
    }

    // MARK: Verdicts

    /// What is known; `nil` for what must be asked.
    func verdict(on document: String, inSpace key: String, for account: String) -> Bool? {
        let time = now()
        return state.withLock { state in
            guard let ledger = state.spaces[key], state.asks[ledger] != nil else { return true }
            let question = Question(ledger: ledger, document: document, account: account)
            guard let known = state.verdicts[question], known.until > time else { return nil }
            state.counts.known += 1
            return known.mayRead
        }
    }

    /// Asks about documents side by side, all of them within the limit. What is not answered then stays unknown.
    ///
    /// - Parameter documents: with the keys of their spaces.
    func ask(about documents: [String: String], for account: String) async {
        let asks = state.withLock { state in
            documents.prefix(Self.documentsAtOnce).compactMap { document, key -> (Question, Ask)? in
                guard let ledger = state.spaces[key], let ask = state.asks[ledger] else { return nil }
                return (Question(ledger: ledger, document: document, account: account), ask)
            }
        }
        let deadline = ContinuousClock.now.advanced(by: limit)
        await withTaskGroup(of: Void.self) { group in
            for (question, ask) in asks {
                group.addTask {
                    // Each has the same end, so that one that hangs takes no answer from the others.
                    let left = ContinuousClock.now.duration(to: deadline)
                    let mayRead = try? await withDeadline(left) {
                        try await ask(question.document, question.account)
                    }
                    self.take(mayRead, of: question)
                }
            }
        }
    }

    private func take(_ mayRead: Bool?, of question: Question) {
        let until = now().advanced(by: Self.freshness)
        state.withLock { state in
            guard let mayRead else {
                state.counts.failed += 1
                return
            }
            if mayRead { state.counts.allowed += 1 } else { state.counts.refused += 1 }
            // It may have been switched off meanwhile, or be another source by now.
            guard state.asks[question.ledger] != nil else { return }
            if state.verdicts.count >= Self.verdictLimit { state.verdicts.removeAll(keepingCapacity: true) }
            state.verdicts[question] = (mayRead, until)
        }
    }
}

extension ReadScope {
    /// The one user that the caller is, as sources know them; `nil` for nobody, several, or groups alone.
    var account: String? {
        let users = principals.compactMap { if case .user(let id) = $0 { id } else { nil } }
        return users.count == 1 ? users.first : nil
    }
}

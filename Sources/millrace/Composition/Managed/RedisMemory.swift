import Backends
import Foundation
import Logging
import Models
import QA
import Server
import Synchronization
import Workspace

/// What the processes of one installation share in a Redis, each part behind the seam of the process's own: whatever
/// fails there, the process's own goes on.
struct RedisMemory: Sendable {
    let pool: RedisPool
    let pace: RedisPace
    let vectors: RedisQuestionVectors
    private let results = MadeResults()
    private let prefix: String

    /// - Parameters:
    ///   - prefix: what every key and channel begins with.
    ///   - lifetime: how long vectors are kept.
    init(_ settings: RedisSettings, prefix: String, lifetime: Duration, logger: Logger) {
        pool = RedisPool(settings) { Self.log($0, logger) }
        pace = RedisPace(RedisBuckets(pool, prefix: prefix))
        vectors = RedisQuestionVectors(RedisVectors(pool, prefix: prefix, lifetime: lifetime))
        self.prefix = prefix
    }

    /// What the server is given of it.
    var shared: SharedMemory {
        SharedMemory(pace: pace) { [pool, pace, vectors, results] in
            var figures = SharedMemory.Figures()
            let commands = pool.counts
            figures.isReachable = commands.isReachable
            figures.answered = commands.answered
            figures.refused = commands.refused
            figures.failed = commands.failed
            figures.skipped = commands.skipped
            let decisions = pace.decisions
            figures.sharedDecisions = decisions.shared
            figures.ownDecisions = decisions.own
            let found = vectors.base.counts
            figures.foundVectors = found.found
            figures.missingVectors = found.missing
            figures.damagedVectors = found.damaged
            figures.results = results.counts.map(SharedMemory.Results.init)
            return figures
        }
    }

    /// Rankings and answers, sealed with `secret`.
    ///
    /// - Parameter lifetime: how long they are kept.
    func results(secret: Data, lifetime: Duration) -> RedisSharedResults {
        RedisSharedResults(
            results.made {
                RedisResults(pool, prefix: "\(prefix):result", secret: secret, lifetime: lifetime)
            })
    }

    /// Sessions of people who have signed in, sealed with `secret`.
    ///
    /// - Parameter base: the database.
    func sessions(_ base: any SessionStore, secret: Data) -> RedisSessions {
        RedisSessions(base, pool, prefix: prefix, secret: secret)
    }

    /// What processes tell each other of changes.
    ///
    /// - Parameter teller: names this process.
    func notices(teller: String, _ logger: Logger) -> RedisNotices {
        RedisNotices(pool, name: "\(prefix):changes", teller: teller) { error in
            logger.warning(
                "what other processes tell of changes is not heard for now, and looked for now and then",
                metadata: ["millrace.reason": "\(error)"])
        }
    }

    private static func log(_ change: RedisChange, _ logger: Logger) {
        switch change {
        case .lost(let error):
            logger.warning(
                "the shared memory is lost; this process goes on by itself",
                metadata: ["millrace.reason": "\(error)"])
        case .found: logger.notice("the shared memory is there again")
        case .refusing(let error):
            logger.warning("the shared memory refuses a command", metadata: ["millrace.reason": "\(error)"])
        }
    }
}

/// Rankings and answers, made with the first use, which few settings have.
private final class MadeResults: Sendable {
    private let results = Mutex<RedisResults?>(nil)

    /// `nil` where they are not used.
    var counts: RedisResults.Counts? { results.withLock { $0 }?.counts }

    func made(_ make: () -> RedisResults) -> RedisResults {
        results.withLock { results in
            if let results { return results }
            let made = make()
            results = made
            return made
        }
    }
}

extension SharedMemory.Results {
    fileprivate init(_ counts: RedisResults.Counts) {
        self.init(
            found: counts.found, missing: counts.missing, underWay: counts.underWay,
            damaged: counts.damaged, kept: counts.kept, tooLarge: counts.tooLarge)
    }
}

/// Callers' requests, counted in Redis for all processes.
final class RedisPace: SharedPace {
    private let buckets: RedisBuckets
    private let tally = Mutex((shared: 0, own: 0))

    init(_ buckets: RedisBuckets) {
        self.buckets = buckets
    }

    /// How often Redis decided, and how often it could not.
    var decisions: (shared: Int, own: Int) { tally.withLock { $0 } }

    func take(_ caller: String, perMinute: Int) async -> PaceDecision? {
        guard let taken = try? await buckets.take(caller, perMinute: perMinute) else {
            tally.withLock { $0.own += 1 }
            return nil
        }
        tally.withLock { $0.shared += 1 }
        return PaceDecision(
            isAllowed: taken.isAllowed, perMinute: perMinute, remaining: taken.remaining,
            seconds: taken.seconds)
    }
}

/// Questions' vectors in Redis. The pool counts and tells what fails; here it is as if nothing were known.
struct RedisQuestionVectors: SharedQuestionVectors {
    let base: RedisVectors

    init(_ base: RedisVectors) {
        self.base = base
    }

    func vectors(of texts: [String], model: EmbeddingModel) async -> [String: [Float]] {
        (try? await base.vectors(of: texts, model: model.name, dimension: model.dimension)) ?? [:]
    }

    func keep(_ vectors: [(text: String, vector: [Float])], model: EmbeddingModel) async {
        try? await base.keep(vectors, model: model.name)
    }
}

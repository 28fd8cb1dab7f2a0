import Synchronization

/// Sums up what models use in the course of some work, such as an ingest.
///
/// ```swift
/// let tally = ModelTally()
/// await ModelTally.$current.withValue(tally) { await work() }
/// ```
///
/// The work's own tasks inherit it, all but detached ones. A tally that is made while another one is bound adds to that
/// one, too.
public final class ModelTally: Sendable {
    /// What was counted.
    public struct Totals: Sendable, Hashable {
        public var requests = 0
        /// Of models elsewhere.
        public var tokens = 0
        /// Of models that run in this process.
        public var localTokens = 0
        /// `nil` where no price was known of anything.
        public var dollars: Double?

        public init() {}
    }

    @TaskLocal public static var current: ModelTally?

    private let outer = ModelTally.current
    private let state = Mutex(Totals())

    public init() {}

    public var totals: Totals { state.withLock { $0 } }

    /// - Parameter dollars: what it cost; `nil` where that is not known.
    public func add(_ use: ModelUse, dollars: Double?) {
        state.withLock { totals in
            totals.requests += use.requests
            if use.isLocal { totals.localTokens += use.tokens } else { totals.tokens += use.tokens }
            if let dollars { totals.dollars = (totals.dollars ?? 0) + dollars }
        }
        outer?.add(use, dollars: dollars)
    }
}

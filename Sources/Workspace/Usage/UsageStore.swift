import Foundation

/// What is counted of the use of Millrace: who, by which key, of which model, on which day.
public struct UsageKey: Sendable, Hashable {
    public var tenant: String
    /// Days since 1 January 1970 in UTC.
    public var day: Int
    /// The owner's name, such as `user:ann`.
    public var caller: String
    /// An API key's id; empty for none.
    public var key: String
    /// The generator's name; empty for what asked none.
    public var model: String

    public init(tenant: String, day: Int, caller: String, key: String, model: String) {
        self.tenant = tenant
        self.day = day
        self.caller = caller
        self.key = key
        self.model = model
    }

    /// The day of a time, as ``day`` counts them.
    public static func day(of time: Date) -> Int {
        let days = (time.timeIntervalSince1970 / 86_400).rounded(.down)
        return Int(exactly: days) ?? 0
    }
}

/// What was used.
public struct UsageCounts: Sendable, Hashable {
    /// Requests that were answered, whatever came of them.
    public var requests = 0
    /// Questions that were answered and flows that were run to their end.
    public var answers = 0
    /// Of requests: those that failed by a fault of the server's, and runs that did not come to their end.
    public var failed = 0
    /// Tokens that models read, as their providers count them.
    public var inputTokens = 0
    /// Tokens that models wrote.
    public var outputTokens = 0
    /// In millionths of a US dollar.
    public var microdollars = 0

    public init() {}

    /// Adds each count to its like; at the end of the range it wraps rather than stops the process.
    public static func += (left: inout UsageCounts, right: UsageCounts) {
        left.requests &+= right.requests
        left.answers &+= right.answers
        left.failed &+= right.failed
        left.inputTokens &+= right.inputTokens
        left.outputTokens &+= right.outputTokens
        left.microdollars &+= right.microdollars
    }
}

/// Keeps counts of use by day.
public protocol UsageStore: Sendable {
    /// Adds to what is counted, all of it in one transaction, and forgets days before `firstDay`.
    func add(_ counts: [UsageKey: UsageCounts], forgettingBefore firstDay: Int) async throws(WorkspaceError)

    /// - Parameter caller: only theirs; `nil` for everybody's.
    func usage(
        tenant: String, days: ClosedRange<Int>, caller: String?
    ) async throws(WorkspaceError) -> [UsageKey: UsageCounts]
}

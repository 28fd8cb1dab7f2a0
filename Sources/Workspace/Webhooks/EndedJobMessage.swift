import Foundation
import JSONValue

/// What endpoints are told of an ingest job that has ended: which source, how much and how long. No document's title is
/// in it, and no reason, which may hold one: whoever may look at the job finds both there.
public struct EndedJobMessage: Sendable, Hashable {
    /// The job's id.
    public var id: String
    public var event: WebhookEvent
    public var source: String
    /// For people.
    public var sourceName: String
    /// What was read: `site`, `space:KEY`, `page:ID`, `upload:ID` or `removal`.
    public var scope: String
    /// As jobs have it: `finished`, `failed` or `interrupted`.
    public var state: String
    public var attempts: Int
    public var createdAt: Date
    /// When its last attempt began; `nil` when none did.
    public var startedAt: Date?
    public var endedAt: Date
    /// Documents and chunks, by what became of them.
    public var counts: [String: Int]
    /// Documents that failed.
    public var failures: Int

    public init(
        id: String, event: WebhookEvent, source: String, sourceName: String, scope: String, state: String,
        attempts: Int, createdAt: Date, startedAt: Date?, endedAt: Date, counts: [String: Int], failures: Int
    ) {
        self.id = id
        self.event = event
        self.source = source
        self.sourceName = sourceName
        self.scope = scope
        self.state = state
        self.attempts = attempts
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.counts = counts
        self.failures = failures
    }

    package var json: Data {
        get throws {
            let seconds = startedAt.map { max(0, endedAt.timeIntervalSince($0)) }
            let job: JSONValue = [
                "id": .string(id),
                "source": ["id": .string(source), "name": .string(sourceName)],
                "scope": .string(scope), "state": .string(state), "attempts": .integer(attempts),
                "created_at": Self.text(createdAt), "started_at": startedAt.map(Self.text) ?? .null,
                "ended_at": Self.text(endedAt),
                "duration_seconds": seconds.map { .number(($0 * 1_000).rounded() / 1_000) } ?? .null,
                "counts": .object(counts.mapValues { .integer($0) }), "failures": .integer(failures),
                "links": ["self": .string("/v1/ingest/jobs/\(id)")],
            ]
            let message: JSONValue = [
                "type": .string(event.rawValue), "timestamp": Self.text(endedAt), "data": ["job": job],
            ]
            return Data(try message.utf8())
        }
    }

    private static func text(_ time: Date) -> JSONValue {
        .string(time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}

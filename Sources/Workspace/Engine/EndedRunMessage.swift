import Foundation
import JSONValue

/// What the endpoints of a run's owner are sent once it has ended.
package struct EndedRunMessage {
    package var id: String
    package var flow: String
    package var version: Int
    package var session: String
    package var state: StoredRun.State
    package var attempts: Int
    package var createdAt: Date
    package var startedAt: Date?
    package var endedAt: Date
    package var event: WebhookEvent

    package init(
        id: String, flow: String, version: Int, session: String, state: StoredRun.State, attempts: Int,
        createdAt: Date, startedAt: Date?, endedAt: Date, event: WebhookEvent
    ) {
        self.id = id
        self.flow = flow
        self.version = version
        self.session = session
        self.state = state
        self.attempts = attempts
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.event = event
    }

    /// - Parameter result: what the run made; `nil` where there is nothing, or too much.
    package func json(result: JSONValue?) throws -> Data {
        var facts: [String: JSONValue] = [
            "id": .string(id), "flow": .string(flow), "version": .integer(version),
            "session": .string(session), "state": .string(state.rawValue), "attempts": .integer(attempts),
            "created_at": Self.text(createdAt), "started_at": startedAt.map(Self.text) ?? .null,
            "ended_at": Self.text(endedAt),
            "links": [
                "self": .string("/v1/runs/\(id)"), "events": .string("/v1/runs/\(id)/events"),
            ],
        ]
        if let result { facts["result"] = result }
        let message: JSONValue = [
            "type": .string(event.rawValue), "timestamp": Self.text(endedAt),
            "data": .object(["run": .object(facts)]),
        ]
        return Data(try message.utf8())
    }

    private static func text(_ time: Date) -> JSONValue {
        .string(time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}

import Concurrency
import FlowService
import Foundation
import JSONValue

/// What a run tells, as numbered server-sent events.
enum RunEvents {
    static var declarations: [ResponseDeclaration.EventDeclaration] {
        let positioned: [String: JSONSchema] = ["position": .integer, "event": .text]
        func event(_ more: [String: JSONSchema] = [:]) -> JSONSchema {
            .object(required: positioned.merging(more) { first, _ in first })
        }
        return [
            .init(name: "step_began", schema: event(["component": .text, "type": .text])),
            .init(name: "step_ended", schema: event(["step": .anyObject])),
            .init(name: "text", schema: event(["component": .text, "text": .text, "shown": .flag])),
            .init(name: "message", schema: event(["component": .text, "message": .anyObject])),
            .init(name: "tool", schema: event(["component": .text, "tool": .anyObject])),
            .init(
                name: "other", schema: event(["name": .text, "component": .text, "data": JSONSchema([:])])),
            .init(name: "restarted", schema: event(["attempt": .integer])),
            .init(name: "finished", schema: event(["result": RunResultDocument.schema])),
            .init(name: "failed", schema: event(["failure": .anyObject])),
            .init(name: "cancelled", schema: event()),
        ]
    }

    /// One event, with its position as its id.
    static func event(_ progress: FlowProgress) throws -> ServerSentEvent {
        let json = progress.json
        return .numbered(
            id: progress.position, name: json["event"]?.string ?? "other", data: Data(try json.text().utf8))
    }

    /// The events of a run as a stream.
    ///
    /// - Parameter ended: called once, when the stream is over.
    static func stream<Events: AsyncSequence & Sendable>(
        _ events: Events, ended: @escaping @Sendable () -> Void = {}
    ) -> APIResponse where Events.Element == FlowProgress {
        .events(
            EventStream { send in
                defer { ended() }
                return await .of {
                    for try await progress in events { await send(try event(progress)) }
                } failing: {
                    await send(AnswerEvents.error($0))
                }
            })
    }
}

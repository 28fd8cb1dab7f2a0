import Components
import FlowService
import Foundation
import JSONValue

/// Messages in the forms in which Langflow's clients read them.
struct LangflowMessages: Sendable {
    var session: String
    var flow: String
    var run: String
    var time: Date

    /// `2026-11-29 09:50:02.584147 UTC`.
    static func timestamp(_ time: Date) -> String {
        time.formatted(
            .verbatim(
                """
                \(year: .padded(4))-\(month: .twoDigits)-\(day: .twoDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
                \(second: .twoDigits).\(secondFraction: .fractional(6)) UTC
                """, locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt,
                calendar: Calendar(identifier: .iso8601)))
    }

    /// `User` for who asks, `Machine` for everybody else.
    static func sender(_ role: ChatMessage.Role) -> String { role == .user ? "User" : "Machine" }

    static func name(_ message: ChatMessage) -> String {
        message.name.isEmpty ? (message.role == .user ? "User" : "AI") : message.name
    }

    /// A message whole, as `results.message` and as the data of `add_message`.
    func whole(
        _ message: ChatMessage, id: String, component: String, title: String
    ) -> [String: JSONValue] {
        let properties: JSONValue = [
            "text_color": nil, "background_color": nil, "edited": false, "icon": nil,
            "source": ["id": .string(component), "display_name": .string(title), "source": .string(title)],
            "allow_markdown": true, "positive_feedback": nil, "state": "complete", "targets": [],
            "usage": nil, "build_duration": nil,
        ]
        let common: [String: JSONValue] = [
            "sender": .string(Self.sender(message.role)), "sender_name": .string(Self.name(message)),
            "files": .array(message.files.map { .string($0) }), "session_id": .string(session),
            "context_id": "", "run_id": .string(run), "timestamp": .string(Self.timestamp(time)),
            "flow_id": .string(flow), "error": false, "edit": false, "properties": properties,
            "category": "message", "content_blocks": .array(contentBlocks(message)), "duration": nil,
            "session_metadata": nil, "text": .string(message.text),
        ]
        var data = common
        data["id"] = .string(id)
        return common.merging(["text_key": "text", "default_value": "", "data": .object(data)]) { a, _ in a }
    }

    /// A message as an event of a stream carries it.
    func event(_ message: ChatMessage, id: String, component: String, title: String) -> JSONValue {
        var members = whole(message, id: id, component: component, title: title)
        members["id"] = .string(id)
        return .object(members)
    }

    /// A message in short, as `messages` of a component's result holds it.
    func short(_ message: ChatMessage, component: String) -> JSONValue {
        [
            "message": .string(message.text), "sender": .string(Self.sender(message.role)),
            "sender_name": .string(Self.name(message)), "session_id": .string(session),
            "stream_url": nil, "component_id": .string(component),
            "files": .array(message.files.map { .string($0) }), "type": "text",
        ]
    }

    /// What a message rests on, as a block beside its text.
    private func contentBlocks(_ message: ChatMessage) -> [JSONValue] {
        guard !message.citations.isEmpty else { return [] }
        return [
            [
                "title": "Sources", "allow_markdown": true, "media_url": nil,
                "contents": .array(
                    message.citations.map { citation in
                        [
                            "type": "json", "duration": nil,
                            "header": [
                                "title": .string("[\(citation.number)] \(citation.title)"), "icon": nil,
                            ],
                            "data": citation.json,
                        ]
                    }),
            ]
        ]
    }
}

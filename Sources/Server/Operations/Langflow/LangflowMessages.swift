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

    /// `User` for who asks, `Machine` for everybody else.
    static func sender(_ role: ChatMessage.Role) -> String { role == .user ? "User" : "Machine" }

    static func name(_ message: ChatMessage) -> String {
        message.name.isEmpty ? (message.role == .user ? "User" : "AI") : message.name
    }

    /// Writes a message whole, as `results.message` and as the data of `add_message`, its members by the order of their
    /// bytes.
    ///
    /// - Parameter isNamed: whether its id stands beside its other members, and not only among its data.
    func write(
        _ message: ChatMessage, id: String, component: String, title: String, isNamed: Bool = false,
        to writer: inout JSONWriter
    ) {
        let facts = facts(of: message, id: id, component: component, title: title)
        write(
            facts, isNamed: isNamed, to: &writer,
            afterContext: { writer in
                writer.object("data") { write(facts, isNamed: true, to: &$0) }
                writer.member("default_value", "")
            }, afterText: { $0.member("text_key", "text") })
    }

    /// Writes a message that was kept, by the name of its sender as it was kept; it has no data beside it.
    func writeKept(
        _ message: ChatMessage, id: String, component: String, sender: String, to writer: inout JSONWriter
    ) {
        var facts = facts(of: message, id: id, component: component, title: sender)
        facts.senderName = sender
        write(facts, isNamed: true, to: &writer)
    }

    /// What both the message and its data say.
    private struct Facts {
        var message: ChatMessage
        var id: String
        var component: String
        var title: String
        var senderName: String
        var timestamp: String
    }

    private func facts(of message: ChatMessage, id: String, component: String, title: String) -> Facts {
        Facts(
            message: message, id: id, component: component, title: title, senderName: Self.name(message),
            timestamp: LangflowTime.text(time))
    }

    private func write(
        _ facts: Facts, isNamed: Bool, to writer: inout JSONWriter,
        afterContext: (inout JSONWriter) -> Void = { _ in },
        afterText: (inout JSONWriter) -> Void = { _ in }
    ) {
        writer.member("category", "message")
        Self.writeBlocks(facts.message.citations, to: &writer)
        writer.member("context_id", "")
        afterContext(&writer)
        writer.null("duration")
        writer.member("edit", false)
        writer.member("error", false)
        Self.write(facts.message.files, to: &writer)
        writer.member("flow_id", flow)
        if isNamed { writer.member("id", facts.id) }
        writer.object("properties") { Self.writeProperties(facts, to: &$0) }
        writer.member("run_id", run)
        writer.member("sender", Self.sender(facts.message.role))
        writer.member("sender_name", facts.senderName)
        writer.member("session_id", session)
        writer.null("session_metadata")
        writer.member("text", facts.message.text)
        afterText(&writer)
        writer.member("timestamp", facts.timestamp)
    }

    private static func writeProperties(_ facts: Facts, to writer: inout JSONWriter) {
        writer.member("allow_markdown", true)
        writer.null("background_color")
        writer.null("build_duration")
        writer.member("edited", false)
        writer.null("icon")
        writer.null("positive_feedback")
        writer.object("source") { source in
            source.member("display_name", facts.title)
            source.member("id", facts.component)
            source.member("source", facts.title)
        }
        writer.member("state", "complete")
        writer.emptyList("targets")
        writer.null("text_color")
        writer.null("usage")
    }

    /// The event `add_message`, as both of Langflow's streams carry it.
    ///
    /// - Returns: JSON text in UTF-8.
    func added(_ message: ChatMessage, id: String, component: String, title: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 2_048)
        writer.object { event in
            event.object("data") {
                write(message, id: id, component: component, title: title, isNamed: true, to: &$0)
            }
            event.member("event", "add_message")
        }
        return writer.bytes
    }

    /// Writes a message in short, as `messages` of a component's result holds it.
    func writeShort(_ message: ChatMessage, component: String, to writer: inout JSONWriter) {
        writer.member("component_id", component)
        Self.write(message.files, to: &writer)
        writer.member("message", message.text)
        writer.member("sender", Self.sender(message.role))
        writer.member("sender_name", Self.name(message))
        writer.member("session_id", session)
        writer.null("stream_url")
        writer.member("type", "text")
    }

    /// Writes the names of a message's files.
    static func write(_ files: [String], to writer: inout JSONWriter) {
        writer.list("files") { list in for file in files { list.element(file) } }
    }

    /// Writes what a message rests on, as a block beside its text.
    private static func writeBlocks(_ citations: [ChatMessage.Citation], to writer: inout JSONWriter) {
        writer.list("content_blocks") { blocks in
            guard !citations.isEmpty else { return }
            blocks.object { block in
                block.member("allow_markdown", true)
                block.list("contents") { contents in
                    for citation in citations { contents.object { write(citation, to: &$0) } }
                }
                block.null("media_url")
                block.member("title", "Sources")
            }
        }
    }

    private static func write(_ citation: ChatMessage.Citation, to writer: inout JSONWriter) {
        writer.object("data") { data in
            data.member("number", citation.number)
            if let passage = citation.passage { data.member("passage", Int(passage)) }
            data.member("quote", citation.quote)
            data.member("title", citation.title)
            if let url = citation.url { data.member("url", url) }
        }
        writer.null("duration")
        writer.object("header") { header in
            header.null("icon")
            header.member("title", "[\(citation.number)] \(citation.title)")
        }
        writer.member("type", "json")
    }
}

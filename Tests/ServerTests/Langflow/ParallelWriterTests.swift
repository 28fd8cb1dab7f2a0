import Components
import Flow
import FlowService
import Foundation
import JSONValue
import Testing

@testable import Server

@Suite struct `Streams of models that write at once` {
    private static let time = Date(timeIntervalSince1970: 1_800_000_000)
    private static let messages = LangflowMessages(session: "s", flow: "f", run: "r", time: time)

    private static func text(_ component: String, _ text: String) -> FlowProgress.Kind {
        .text(component: component, text: text, isShown: true)
    }

    private static func message(_ component: String, _ text: String) -> FlowProgress.Kind {
        .message(component: component, ChatMessage(text, role: .assistant))
    }

    private static func ended(_ component: String) -> FlowProgress.Kind {
        .stepEnded(
            StepTrace(
                component: component, type: "LanguageModel", outcome: .finished, duration: .zero, notes: [:]))
    }

    /// Two models and their outputs, of which the second is done first.
    private static let interleaved = [
        text("a", "One "), text("b", "Two "), text("a", "red."), text("b", "blue."), ended("b"),
        message("out-b", "Two blue."), ended("a"), message("out-a", "One red."),
    ]

    /// Each event in short: its name, the message's id, and the text.
    private func langflow(_ kinds: [FlowProgress.Kind]) throws -> [String] {
        var events = LangflowEvents(
            try LangflowRunRequest(["input_value": "x"]), messages: Self.messages, titles: [:],
            now: { Self.time })
        return try kinds.flatMap { kind -> [String] in
            try events.events(FlowProgress(position: 0, kind: kind)).map { event in
                guard case .raw(let bytes) = event else { return "no raw event" }
                let object: JSONValue = try .parsed(bytes)
                let data = object["data"]
                let told = data?["chunk"]?.text ?? data?["text"]?.text ?? ""
                return "\(object["event"]?.text ?? "") \(data?["id"]?.text ?? "") \(told)"
            }
        }
    }

    private func workflow(_ kinds: [FlowProgress.Kind]) throws -> [String] {
        var events = LangflowWorkflowEvents(
            input: "x", messages: Self.messages, titles: [:], tellsComponents: false, now: { Self.time })
        return try kinds.flatMap { kind in
            try events.events(FlowProgress(position: 0, kind: kind)).map { json in
                let event: JSONValue = try .parsed(Data(json))
                let data = event["data"]
                let told = data?["chunk"]?.text ?? data?["text"]?.text ?? ""
                return "\(event["event"]?.text ?? "") \(data?["id"]?.text ?? "") \(told)"
            }
        }
    }

    private func agui(_ kinds: [FlowProgress.Kind]) throws -> [String] {
        var events = AGUIEvents(run: "r", thread: "s", tellsComponents: false)
        return try kinds.flatMap { kind in
            try events.events(FlowProgress(position: 0, kind: kind)).map { json in
                let event: JSONValue = try .parsed(Data(json))
                let type = event["type"]?.text ?? ""
                let id = event["messageId"]?.text ?? event["toolCallId"]?.text ?? ""
                return "\(type.split(separator: "_").last ?? "") \(id) \(event["delta"]?.text ?? "")"
            }
        }
    }

    @Test func `give each message the id of its own tokens`() throws {
        let expected = [
            "add_message r-a ", "token r-a One ", "add_message r-b ", "token r-b Two ", "token r-a red.",
            "token r-b blue.", "add_message r-b Two blue.", "add_message r-a One red.",
        ]
        #expect(try langflow(Self.interleaved) == expected)
        #expect(try workflow(Self.interleaved) == expected)
    }

    @Test func `leave a message that nobody wrote its own id`() throws {
        let kinds = [
            Self.text("a", "One "), Self.message("fixed", "Hello."), Self.text("a", "red."), Self.ended("a"),
            Self.message("out-a", "One red."),
        ]
        let expected = [
            "add_message r-a ", "token r-a One ", "add_message r-fixed Hello.", "token r-a red.",
            "add_message r-a One red.",
        ]
        #expect(try langflow(kinds) == expected)
        #expect(try workflow(kinds) == expected)
    }

    @Test func `know a message that was changed on its way, when only one was written`() throws {
        let kinds = [Self.text("a", "red"), Self.ended("a"), Self.message("out", "The colour is red.")]
        let expected = ["add_message r-a ", "token r-a red", "add_message r-a The colour is red."]
        #expect(try langflow(kinds) == expected)
        #expect(try workflow(kinds) == expected)
        #expect(
            try agui(kinds) == [
                "START r-a-0 ", "CONTENT r-a-0 red", "END r-a-0 ", "START r-out-1 ",
                "CONTENT r-out-1 The colour is red.", "END r-out-1 ",
            ])
    }

    @Test func `do not count what an agent says before it calls a tool`() throws {
        let call = ToolEmission(.called, call: "call_1", tool: "calculator", value: [:])
        let kinds = [
            Self.text("a", "Let me see."), Self.text("b", "Well. "), .tool(component: "a", call),
            Self.text("a", "42."), Self.ended("a"), Self.message("out-a", "42."),
        ]
        #expect(try langflow(kinds).last == "add_message r-a 42.")
        #expect(try workflow(kinds).last == "add_message r-a 42.")
    }

    @Test func `begin a message anew after a failure`() throws {
        let kinds = [
            Self.text("a", "One "), .restarted(attempt: 2), Self.text("a", "Other."), Self.ended("a"),
            Self.message("out", "Other."),
        ]
        let expected = [
            "add_message r-a ", "token r-a One ", "add_message r-a ", "token r-a Other.",
            "add_message r-a Other.",
        ]
        #expect(try langflow(kinds) == expected)
        #expect(try workflow(kinds) == expected)
        #expect(
            try agui([Self.text("a", "One "), Self.text("b", "Two ")] + kinds.dropFirst()) == [
                "START r-a-0 ", "CONTENT r-a-0 One ", "END r-a-0 ", "START r-a-2 ", "CONTENT r-a-2 Other.",
                "END r-a-2 ",
            ])
    }

    @Test func `tell in AG-UI's words one message behind the other`() throws {
        #expect(
            try agui(Self.interleaved) == [
                "START r-a-0 ", "CONTENT r-a-0 One ", "CONTENT r-a-0 red.", "END r-a-0 ", "START r-b-1 ",
                "CONTENT r-b-1 Two blue.", "END r-b-1 ",
            ])
    }

    @Test func `go on in AG-UI's words with what has waited, and end it with the run`() throws {
        let kinds = [
            Self.text("a", "One."), Self.text("b", "Two "), Self.message("fixed", "Hello."), Self.ended("a"),
            Self.message("out-a", "One."), Self.text("b", "blue."), .cancelled,
        ]
        #expect(
            try agui(kinds).dropLast(2) == [
                "START r-a-0 ", "CONTENT r-a-0 One.", "END r-a-0 ", "START r-b-1 ", "CONTENT r-b-1 Two ",
                "CONTENT r-b-1 blue.", "END r-b-1 ", "START r-fixed-2 ", "CONTENT r-fixed-2 Hello.",
                "END r-fixed-2 ",
            ])
    }
}

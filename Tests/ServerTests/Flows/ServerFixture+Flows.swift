import Flow
import FlowService
import Foundation
import HTTPTypes
import Testing
import Workspace

@testable import Server

extension HTTPFields {
    static let ada = HTTPFields.principals("user:ada")
    static let bob = HTTPFields.principals("user:bob")
}

/// Flows as clients write them.
enum FlowText {
    /// Says what it is told.
    static let echo = chain(
        "Echo", #"{"id": "in", "type": "ChatInput"}"#, #"{"id": "out", "type": "ChatOutput"}"#)

    /// Lets the model answer.
    static let model = """
        {"name": "Model", "output": "out.message",
         "components": [{"id": "in", "type": "ChatInput"}, {"id": "model", "type": "LanguageModel"},
                        {"id": "out", "type": "ChatOutput", "title": "Answer"}],
         "edges": [{"from": "in.message", "to": "model.input"}, {"from": "model.message", "to": "out.message"}]}
        """

    /// Says a text of its own.
    static func saying(_ text: String) -> String {
        chain(
            "Saying", #"{"id": "text", "type": "TextInput", "parameters": {"text": "\#(text)"}}"#,
            #"{"id": "out", "type": "ChatOutput"}"#)
    }

    /// Two components, the message of the first for the second.
    private static func chain(_ name: String, _ first: String, _ second: String) -> String {
        let source = first.contains(#""text""#) ? "text" : "in"
        return """
            {"name": "\(name)", "output": "out.message", "components": [\(first), \(second)],
             "edges": [{"from": "\(source).message", "to": "out.message"}]}
            """
    }
}

extension ServerFixture {
    /// Keeps a flow by the API, and gives its id.
    func keep(
        _ flow: String, _ more: String = "", headers: HTTPFields = .ada,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let response = try await respond(
            .post, "/v1/flows", json: #"{"flow": \#(flow)\#(more.isEmpty ? "" : ", " + more)}"#,
            headers: headers)
        try #require(response.status == .created, sourceLocation: sourceLocation)
        return try #require(try response.json["id"]?.text, sourceLocation: sourceLocation)
    }

    /// Checks that somebody else's thing is refused as one that is not there is: with the same status and, but for
    /// the id, the same words.
    func expectSameRefusal(
        _ method: HTTPRequest.Method, _ target: (_ id: String) -> String, of id: String, absent: String,
        json: String? = nil, as headers: HTTPFields = .bob,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        var told: [String] = []
        for one in [id, absent] {
            let response = try await respond(method, target(one), json: json, headers: headers)
            #expect(response.status == .notFound, "\(method) \(target(one))", sourceLocation: sourceLocation)
            let text = response.text
            told.append(text.replacing(one, with: "ID"))
        }
        #expect(told[0] == told[1], sourceLocation: sourceLocation)
    }

    /// Carries out every run that waits.
    func carryOutRuns() async {
        await RunWorker(flows.service, name: "worker").drain()
    }
}

extension APIResponse {
    /// The body as text; empty for a stream.
    var text: String { String(decoding: data ?? Data(), as: UTF8.self) }

    /// The kind of problem that it tells of; `nil` for none.
    var problem: String? {
        get throws {
            guard headers[.contentType] == "application/problem+json" else { return nil }
            return try json["type"]?.text?.split(separator: ":").last.map(String.init)
        }
    }
}

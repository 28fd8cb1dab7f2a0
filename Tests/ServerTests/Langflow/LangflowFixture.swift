import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Server

/// Flows and answers as Langflow writes them.
enum LangflowText {
    /// A chat input before a chat output, whose endpoint is `echo`.
    static func echo() throws -> String { try Fixtures.text("langflow/echo.json") }

    /// What a flow of Langflow's own engine answered, which `scripts/make-langflow-fixtures` has written down.
    static func reference() throws -> JSONValue { try .parsed(Fixtures.data("langflow-api/run.json")) }

    /// A form with one file, as browsers and clients send it.
    static func form(_ data: Data, name: String, boundary: String = "the-boundary") -> Data {
        Data(
            """
            --\(boundary)\r\nContent-Disposition: form-data; name="file"; filename="\(name)"\r\n\
            Content-Type: application/octet-stream\r\n\r\n
            """.utf8) + data + Data("\r\n--\(boundary)--\r\n".utf8)
    }

    static let formType = "multipart/form-data; boundary=the-boundary"
}

extension ServerFixture {
    /// Imports the echo flow by Langflow's API, and gives its id.
    func importEcho(
        headers: HTTPFields = .ada, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let response = try await respond(
            .post, "/api/v1/flows/", json: try LangflowText.echo(), headers: headers)
        try #require(response.status == .created, "\(response.text)", sourceLocation: sourceLocation)
        return try #require(try response.json["id"]?.text, sourceLocation: sourceLocation)
    }

    func upload(
        _ path: String, _ data: Data, name: String, headers: HTTPFields = .ada
    ) async throws -> APIResponse {
        var headers = headers
        headers[.contentType] = LangflowText.formType
        return try await respond(
            .post, path, upload: LangflowText.form(data, name: name), headers: headers)
    }
}

extension APIResponse {
    /// The events of a stream as Langflow's clients read it: a JSON object each.
    func langflowEvents() async throws -> [(event: String, data: JSONValue)] {
        guard case .events(let stream) = body else { return [] }
        var events: [(event: String, data: JSONValue)] = []
        for await event in stream.events(heartbeat: .seconds(600)) {
            guard case .raw(let bytes) = event else { continue }
            #expect(bytes.suffix(2) == Data("\n\n".utf8))
            let object: JSONValue = try .parsed(bytes)
            events.append((object["event"]?.text ?? "", object["data"] ?? .null))
        }
        return events
    }

    /// The text that Langflow's clients read first.
    var langflowText: String? {
        get throws {
            try json["outputs"]?.list.first?["outputs"]?.list.first?["results"]?["message"]?["text"]?.text
        }
    }
}

extension JSONValue {
    /// Where this has other keys, or values of another kind, than `reference`. What is null on either side is of any
    /// kind, and lists are compared by their first elements.
    func differences(from reference: JSONValue, at place: String = "$") -> [String] {
        switch (self, reference) {
        case (.null, _), (_, .null): return []
        case (.object(let own), .object(let other)):
            let missing = Set(other.keys).subtracting(own.keys).map { "\(place).\($0) is missing" }
            let more = Set(own.keys).subtracting(other.keys).map { "\(place).\($0) is not Langflow's" }
            return (missing + more).sorted()
                + own.sorted { $0.key < $1.key }.flatMap { key, value in
                    other[key].map { value.differences(from: $0, at: "\(place).\(key)") } ?? []
                }
        case (.list(let own), .list(let other)):
            guard let first = own.first, let wanted = other.first else { return [] }
            return first.differences(from: wanted, at: "\(place)[0]")
        case (.flag, .flag), (.number, .number), (.text, .text): return []
        default: return ["\(place) is of another kind"]
        }
    }
}

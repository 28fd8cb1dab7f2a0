import Foundation
import HTTPTypes
import Models
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Models and embeddings` {
    private func embed(_ fixture: ServerFixture, _ fields: String) async throws -> APIResponse {
        try await fixture.respond(
            .post, "/v1/embeddings", json: #"{"model": "\#(fixture.embedder.model.name)", \#(fields)}"#)
    }

    @Test func `list the flows that the caller can run, and no other's`() async throws {
        let fixture = try await ServerFixture()
        try await fixture.keep(TestFlow.echo, at: "echo", headers: .principals("user:lena"))
        func names(_ headers: HTTPFields) async throws -> [String] {
            let list = try await fixture.respond(.get, "/v1/models", headers: headers).json
            return list["data"]?.list.compactMap { $0["id"]?.text } ?? []
        }
        let hers = try await names(.principals("user:lena"))
        #expect(hers.contains("question-answering") && hers.contains("echo"))
        #expect(hers.contains(fixture.embedder.model.name))
        #expect(try await names(.principals("user:hana")).contains("echo") == false)
        let one = try await fixture.respond(.get, "/v1/models/echo", headers: .principals("user:lena")).json
        #expect(one["object"]?.text == "model")
        let none = try await fixture.respond(.get, "/v1/models/echo", headers: .principals("user:hana"))
        #expect(none.status == .notFound)
        #expect(try none.json["error"]?["code"]?.text == "model_not_found")
    }

    @Test func `give one vector a text, as numbers or as base64 of the same floats`() async throws {
        let fixture = try await ServerFixture()
        let plain = try await embed(fixture, #""input": ["Deploys", "Salary"]"#).json
        let expected = try await fixture.embedder.embed(["Deploys", "Salary"], purpose: .passage)
        let vectors = plain["data"]?.list.map { $0["embedding"]?.list.compactMap(\.number).map { Float($0) } }
        #expect(vectors == expected)
        #expect(plain["data"]?.list.compactMap { $0["index"]?.number } == [0, 1])
        let packed = try await embed(fixture, #""input": "Deploys", "encoding_format": "base64""#).json
        let text = try #require(packed["data"]?[0]?["embedding"]?.text)
        let bytes = [UInt8](try #require(Data(base64Encoded: text)))
        let floats = stride(from: 0, to: bytes.count, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) })
        }
        #expect(floats == expected[0])
    }

    @Test func `embed as many texts as a request may have, and no more`() async throws {
        let fixture = try await ServerFixture()
        func texts(_ count: Int) -> String {
            #""input": [\#(Array(repeating: #""a""#, count: count).joined(separator: ","))]"#
        }
        let all = try await embed(fixture, texts(2_048)).json
        #expect(all["data"]?.list.count == 2_048)
        #expect(try await embed(fixture, texts(2_049)).status == .badRequest)
    }

    @Test(arguments: [
        (#""input": """#, "input[0]"), (#""input": []"#, "input"), (#""input": [1, 2]"#, "input[0]"),
        (#""input": "a", "dimensions": 7"#, "dimensions"),
        (#""input": "a", "encoding_format": "hex""#, "encoding_format"),
        (#""input": "a", "input_type": "poem""#, "input_type"), (#""text": "a""#, "input"),
    ])
    func `refuse what cannot be embedded by its name`(fields: String, name: String) async throws {
        let response = try await embed(try await ServerFixture(), fields)
        #expect(response.status == .badRequest)
        #expect(try response.json["error"]?["param"]?.text == name)
    }

    @Test func `take the dimensions that the model has, and no other model`() async throws {
        let fixture = try await ServerFixture()
        let dimension = fixture.embedder.model.dimension
        #expect(try await embed(fixture, #""input": "a", "dimensions": \#(dimension)"#).status == .ok)
        let other = try await fixture.respond(
            .post, "/v1/embeddings", json: #"{"model": "text-embedding-3-small", "input": "a"}"#)
        #expect(other.status == .notFound)
        #expect(try other.json["error"]?["code"]?.text == "model_not_found")
    }

    @Test(arguments: [
        ("all-mpnet-base-v2#66316c1e535a", true), ("all-mpnet-base-v2", true), ("all-mpnet-base-v2#0", false),
        ("all-mpnet-base", false), ("", false),
    ])
    func `know a model from a folder with and without its weights' hash`(name: String, known: Bool) {
        #expect(OpenAIEmbeddingOperation.is("all-mpnet-base-v2#66316c1e535a", called: name) == known)
        #expect(!OpenAIEmbeddingOperation.is("all-MiniLM-L6-v2", called: "all-MiniLM-L6-v2#"))
    }

    @Test func `tell every refusal at these addresses in OpenAI's form`() async throws {
        let fixture = try await ServerFixture()
        for path in ["/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/api/v1/responses"] {
            for response in [
                try await fixture.respond(.post, path, json: "{"),
                try await fixture.respond(.post, path, json: "{}", headers: .principals("nobody")),
                try await fixture.respond(.post, path, json: "{}", headers: [.contentType: "text/plain"]),
            ] {
                #expect(response.headers[.contentType] == "application/json", "\(path)")
                #expect(try response.json["error"]?["message"]?.text?.isEmpty == false, "\(path)")
            }
        }
    }
}

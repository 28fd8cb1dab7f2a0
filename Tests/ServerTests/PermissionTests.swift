import Corpus
import EngineSupport
import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(5))) struct `What a reader without rights sees` {
    private static let hr = "user:hana, group:hr"

    /// Everything that the API says to `principals` when it is asked about the hidden page by its own words.
    private func everything(_ principals: String?, _ engine: StorageEngine) async throws -> [String] {
        let fixture = try await ServerFixture(engine: engine)
        let headers: HTTPFields = principals.map { .principals($0) } ?? [:]
        var said: [String] = []
        func keep(_ response: APIResponse) {
            said.append(String(decoding: response.data ?? Data(), as: UTF8.self))
        }
        // The question itself comes back, so it must not hold the words that are looked for.
        for mode in ["hybrid", "vector", "keyword"] {
            keep(
                try await fixture.respond(
                    .post, "/v1/search", json: #"{"query": "money reviewed in March", "mode": "\#(mode)"}"#,
                    headers: headers))
        }
        let question = #"{"question": "what money is reviewed in March"}"#
        keep(try await fixture.respond(.post, "/v1/ask", json: question, headers: headers))
        keep(
            try await fixture.respond(
                .post, "/v1/flows/question-answering/run", json: #"{"input": \#(question)}"#, headers: headers
            ))
        let stream = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "what money is reviewed in March", "stream": true}"#,
            headers: headers)
        said += try await stream.events().map { "\($0.data)" }
        keep(try await fixture.respond(.get, "/v1/status", headers: headers))
        for id in 1...3 {
            keep(try await fixture.respond(.get, "/v1/chunks/\(id)/context", headers: headers))
        }
        return said
    }

    @Test(arguments: StorageEngine.allCases)
    func `no title, space, label, author, citation or word of a hidden page, anywhere`(engine: StorageEngine)
        async throws
    {
        for principals in [nil, "user:lena", "group:engineering, signed-in", "user:hr", "group:HR"] {
            for said in try await everything(principals, engine) {
                for secret in ServerFixture.secrets {
                    #expect(!said.contains(secret), "\(principals ?? "nobody") was told \(secret): \(said)")
                }
            }
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `the same questions tell all of it to somebody who may read it`(engine: StorageEngine) async throws {
        let said = try await everything(Self.hr, engine).joined(separator: "\n")
        for secret in ServerFixture.secrets {
            #expect(said.contains(secret))
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `counts are of what the reader may read`(engine: StorageEngine) async throws {
        let fixture = try await ServerFixture(engine: engine)
        let anonymous = try await fixture.respond(.get, "/v1/status").json
        #expect(anonymous["documents"] == .number(2))
        #expect(anonymous["chunks"] == .number(2))
        #expect(anonymous["spaces"]?.list.compactMap { $0["key"] } == [.text("ENG")])
        let hana = try await fixture.respond(.get, "/v1/status", headers: .principals(Self.hr)).json
        #expect(hana["documents"] == .number(3))
        #expect(hana["spaces"]?.list.count == 2)
        let search = try await fixture.respond(
            .post, "/v1/search", json: #"{"query": "deploys", "mode": "vector"}"#)
        #expect(try search.json["count"] == .number(2))
    }

    @Test(arguments: StorageEngine.allCases)
    func `a hidden passage and one that is not there are the same 404`(engine: StorageEngine) async throws {
        let fixture = try await ServerFixture(engine: engine)
        func told(_ id: String) async throws -> JSONValue {
            let response = try await fixture.respond(.get, "/v1/chunks/\(id)/context")
            #expect(response.status == .notFound)
            return try response.json
        }
        let hidden = try await told("2")
        let absent = try await told("4")
        #expect(hidden["type"] == absent["type"])
        #expect(
            hidden["detail"]?.text?.replacing("2", with: "N")
                == absent["detail"]?.text?.replacing("4", with: "N"))
        let shown = try await fixture.respond(.get, "/v1/chunks/2/context", headers: .principals(Self.hr))
        #expect(shown.status == .ok)
    }

    @Test(arguments: StorageEngine.allCases)
    func `the default reader of the configuration asks when the request does not say`(engine: StorageEngine)
        async throws
    {
        var fixture = try await ServerFixture(engine: engine)
        fixture.configuration.defaultReader = .init([.group("hr")])
        #expect(try await fixture.respond(.get, "/v1/status").json["documents"] == .number(3))
        let nobody = try await fixture.respond(.get, "/v1/status", headers: .principals("anyone"))
        #expect(try nobody.json["documents"] == .number(2))
    }

    @Test func `no response may be kept by a cache`() async throws {
        let response = try await ServerFixture().respond(.get, "/v1/status")
        #expect(response.headers[.cacheControl] == "no-store")
    }
}

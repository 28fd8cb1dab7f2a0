import Corpus
import Foundation
import HTTPTypes
import Identity
import Ingest
import Models
import TestSupport
import Testing
import VectorCollections
import Workspace
import WorkspaceSQLite

@testable import Server

/// Every operation that there can be.
private func everyOperation() async throws -> [Server.Operation] {
    try await WholeApplication().application.router.operations
}

@Suite(.timeLimit(.minutes(2))) struct `The list of operations` {
    @Test func `names each operation once`() async throws {
        let ids = try await everyOperation().map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(ids.contains("openAPI"))
    }

    @Test func `finds each operation at its own address`() async throws {
        let operations = try await everyOperation()
        let router = OperationRouter(operations)
        for operation in operations {
            let path = operation.path.replacing("{id}", with: "1").replacing("{name}", with: "a%20b")
            let match = try router.match(method: operation.method, path: path)
            #expect(match.operation.id == operation.id)
            if operation.path.contains("{name}") { #expect(match.parameters["name"] == "a b") }
        }
    }

    @Test func `gives a name to one schema alone`() async throws {
        var known = JSONSchema.text.components
        for operation in try await everyOperation() {
            for (name, schema) in operation.schemas.flatMap(\.components) {
                #expect(known[name] == nil || known[name] == schema, "\(name), in \(operation.id)")
                known[name] = schema
            }
        }
    }

    @Test func `declares a parameter for every brace, and no other in the path`() async throws {
        for operation in try await everyOperation() {
            let braces = operation.path.matches(of: /\{(\w+)\}/).map { String($0.1) }
            #expect(
                braces == operation.parameters.filter { $0.place == .path }.map(\.name), "\(operation.id)")
        }
    }

    @Test func `has a row each in the table of docs and a section that is there`() async throws {
        let url = Fixtures.checkout.appendingPathComponent("docs/http-api.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let start = try #require(text.range(of: "<!-- operations -->\n"))
        let end = try #require(text.range(of: "<!-- end of operations -->"))
        let operations = try await everyOperation()
        let table = OperationsTable(operations).markdown
        if ProcessInfo.processInfo.environment["MILLRACE_RECORD"] == "1" {
            try text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: table)
                .write(to: url, atomically: true, encoding: .utf8)
            return
        }
        #expect(String(text[start.upperBound..<end.lowerBound]) == table)
        let headings = text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
            line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased().replacing(
                " ", with: "-")
        }
        for section in operations.compactMap(\.section) {
            #expect(headings.contains(section), "\(section)")
        }
    }

    /// Without a scope, the compiler refuses each of the ways to make an operation; there is no other way, because
    /// the initialiser is private to the file of the type.
    @Test func `is made in the ways that settle who may use an operation, and in no other`() throws {
        let sources = Fixtures.checkout.appendingPathComponent("Sources/Server")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
            .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
        #expect(files.count > 50)
        for file in files where file.lastPathComponent != "Operation.swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains(/\bOperation(\.init)?\(/), "\(file.lastPathComponent)")
        }
        let type = try String(
            contentsOf: sources.appendingPathComponent("Operations/Operation.swift"), encoding: .utf8)
        #expect(type.contains("private let run:"))
        // What is private to the type is no way for others.
        let ways = type.matches(of: /\n    static func (\w+)(<Input>)?\(\n(.*)\n/).map { "\($0.1): \($0.3)" }
        #expect(ways.count == 6)
        for way in ways {
            let settles =
                way.contains("_ scope: Scope,")
                || ["open:", "signed:", "anyCaller:", "messages:"].contains { way.hasPrefix($0) }
            #expect(settles, "\(way)")
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The OpenAPI document` {
    @Test func `is docs/openapi.json to the byte`() async throws {
        let url = Fixtures.checkout.appendingPathComponent("docs/openapi.json")
        let bytes = OpenAPIDocument(try await everyOperation()).bytes + Data("\n".utf8)
        if ProcessInfo.processInfo.environment["MILLRACE_RECORD"] == "1" {
            try bytes.write(to: url)
            return
        }
        #expect(try bytes == Data(contentsOf: url))
    }

    @Test func `is served with a tag that answers 304, and describes itself`() async throws {
        let fixture = try await ServerFixture()
        let response = try await fixture.respond(.get, "/openapi.json")
        let document = try response.json
        #expect(document["openapi"] == .text("3.1.0"))
        #expect(document["paths"]?["/openapi.json"]?["get"]?["operationId"] == .text("openAPI"))
        #expect(document["paths"]?["/v1/webhooks/confluence"] == nil)
        let tag = try #require(response.headers[.eTag])
        let again = try await fixture.respond(.get, "/openapi.json", headers: [.ifNoneMatch: tag])
        #expect(again.status == .notModified)
    }

    @Test func `tells of each operation's scope, and leaves the page's files out`() async throws {
        let operations = try await everyOperation()
        let document: JSONValue = try .parsed(OpenAPIDocument(operations).bytes)
        for operation in operations {
            let entry = document["paths"]?[operation.path]?[operation.method.rawValue.lowercased()]
            #expect((entry != nil) == operation.isListed, "\(operation.id)")
            guard operation.isListed, case .scope(let scope) = operation.access else { continue }
            #expect(entry?["x-millrace-scope"] == .text(scope.rawValue))
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Events and their declaration` {
    @Test func `agree for every event of an answer and of a failure`() async throws {
        for generator in [QuotingGenerator() as any Generator, FailingGenerator()] {
            let fixture = try await ServerFixture(generator: generator)
            let response = try await fixture.respond(
                .post, "/v1/ask", json: #"{"question": "when do deploys happen", "stream": true}"#)
            let ask = try #require(try fixture.application().router.operations.first { $0.id == "ask" })
            let events = try await response.events()
            #expect(events.count > 3)
            for event in events { try ContractCheck.check(event: event.name, event.data, of: ask) }
        }
    }
}

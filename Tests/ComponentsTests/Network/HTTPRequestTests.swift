import Components
import Flow
import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct `The component HTTPRequest` {
    let web: LocalWeb

    init() throws {
        web = try LocalWeb()
    }

    private func data(
        _ parameters: [String: JSONValue], _ inputs: [String: any Payload] = [:]
    ) async throws -> [String: JSONValue] {
        let outcome = try await run(
            one: "HTTPRequest", parameters, inputs: inputs, catalog: try web.catalog())
        return try #require(outcome.outputs["data"] as? Record).values
    }

    private func failure(
        _ parameters: [String: JSONValue], _ inputs: [String: any Payload] = [:]
    ) async throws -> (any Error)? {
        await ComponentsTests.failure(
            one: "HTTPRequest", parameters, inputs: inputs, catalog: try web.catalog())
    }

    @Test func `sends what its parameters say`() async throws {
        let data = try await data([
            "url": .string("\(web.url)/echo?a=1"), "method": "PUT", "headers": ["X-One": "1"],
            "query": [["key": "b", "value": "ü &"]], "payload": ["n": 1],
        ])
        #expect(data["status_code"] == 200)
        #expect(data["source"] == .string("\(web.url)/echo?a=1&b=%C3%BC%20%26"))
        let echo = try #require(data["body"])
        #expect(echo["method"] == "PUT")
        #expect(echo["target"] == "/echo?a=1&b=%C3%BC%20%26")
        #expect(echo["body"] == #"{"n":1}"#)
        let headers = echo["headers"]?.array?.compactMap { $0.array?.compactMap(\.string) } ?? []
        #expect(headers.contains(["X-One", "1"]))
        #expect(headers.contains(["Content-Type", "application/json"]))
    }

    @Test func `what comes along its edges goes before its parameters`() async throws {
        let data = try await data(
            ["url": "http://nowhere.invalid/", "method": "POST", "payload": "parameter"],
            ["url": " \(web.url)/echo\n", "body": JSONValue.string("edge")])
        #expect(data["body"]?["body"] == "edge")
    }

    @Test func `is written as Langflow writes it when told to`() async throws {
        let json = try await data(["url": .string("\(web.url)/json"), "shape": "langflow"])
        #expect(json["result"] == ["answer": 42])
        #expect(Set(json.keys) == ["result", "source", "status_code", "response_headers"])
        let text = try await data(["url": .string("\(web.url)/plain"), "shape": "langflow"])
        #expect(text["result"] == "plain words")
        let bare = try await failure(["url": "nowhere.invalid/a", "shape": "langflow"])
        #expect(bare.map { !"\($0)".contains("only http and https") } == true, "\(bare as Any)")
    }

    @Test func `a text, JSON and what is neither are told apart`() async throws {
        #expect(try await data(["url": .string("\(web.url)/json")])["body"] == ["answer": 42])
        #expect(try await data(["url": .string("\(web.url)/plain")])["text"] == "plain words")
        #expect(try await data(["url": .string("\(web.url)/latin")])["text"] == "grün")
        let pdf = try await data(["url": .string("\(web.url)/pdf")])
        #expect(pdf["text"] == nil && pdf["body"] == nil)
        #expect(pdf["bytes"] == 9)
    }

    @Test func `a refusal of the service is a result`() async throws {
        let data = try await data(["url": .string("\(web.url)/status/503")])
        #expect(data["status_code"] == 503)
        #expect(data["text"] == "as asked")
    }

    @Test func `cookies of the answer are not passed on`() async throws {
        let data = try await data(["url": .string("\(web.url)/cookie")])
        #expect(data["headers"]?["x-shown"] == "yes")
        #expect(data["headers"]?["set-cookie"] == nil)
    }

    @Test func `a redirect is followed or given, as wanted`() async throws {
        let url = JSONValue.string("\(web.url)/redirect?to=/plain")
        #expect(try await data(["url": url])["source"] == .string("\(web.url)/plain"))
        let given = try await data(["url": url, "follow_redirects": false])
        #expect(given["status_code"] == 302)
        #expect(given["headers"]?["location"] == "/plain")
    }

    @Test func `what cannot be sent is refused by name`() async throws {
        let url = JSONValue.string("\(web.url)/echo")
        for (parameters, words) in [
            (["url": url, "payload": "x"], "GET"), (["url": url, "headers": ["Host": "x"]], "Host"),
            (["url": url, "headers": "x"], "headers"), (["url": url, "query": ["a": [1]]], "query"),
            (["url": url, "headers": [["name": "x"]]], "headers"), (["url": ""], "URL"),
            (["url": "file:///etc/passwd"], "http"),
        ] as [([String: JSONValue], String)] {
            let error = try #require(try await failure(parameters))
            #expect("\(error)".contains(words), "\(error)")
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Secrets of the component HTTPRequest` {
    private struct Secrets: SecretResolver {
        func secret(named name: String, in context: RunContext) async throws -> String { "value of \(name)" }
    }

    let web: LocalWeb

    init() throws {
        web = try LocalWeb()
    }

    private func run(
        _ parameters: [String: JSONValue], url: String? = nil, changing: [String: JSONValue] = [:]
    ) async throws -> JSONValue {
        let edge = FlowGraph.Edge(
            from: PortReference(FlowGraph.inputNode, "url"), to: PortReference("it", "url"))
        let graph = FlowGraph(
            inputs: url == nil ? [] : [.init(name: "url", type: "text")],
            components: [.init(id: "it", type: "HTTPRequest", parameters: parameters)],
            edges: url == nil ? [] : [edge], outputs: ["data": PortReference("it", "data")])
        let plan = try PlanCompiler(catalog: try web.catalog()).plan(
            FlowDefinition(name: "test", graph: graph))
        let outcome = try await plan.run(
            url.map { ["url": $0] } ?? [:], changing: changing.isEmpty ? [:] : ["it": changing],
            in: RunContext(runID: "test", secrets: Secrets()))
        return try #require(outcome.outputs["data"] as? Record).json
    }

    private func parameters(_ url: String) -> [String: JSONValue] {
        [
            "url": .string(url), "secret_header": "X-Key", "secret_prefix": "Bearer ",
            "secret_value": ["secret": "crm"],
        ]
    }

    @Test func `a secret goes to the origin of the parameter`() async throws {
        let data = try await run(parameters("\(web.url)/"), url: "\(web.url)/echo")
        let headers = data["body"]?["headers"]?.array?.compactMap { $0.array?.compactMap(\.string) } ?? []
        #expect(headers.contains(["X-Key", "Bearer value of crm"]))
    }

    @Test(arguments: ["Host", "content-length", "Transfer-Encoding"])
    func `a secret is in no header that is the client's own`(name: String) async throws {
        var parameters = parameters("\(web.url)/echo")
        parameters["secret_header"] = .string(name)
        let error = await failure { _ = try await run(parameters) }
        #expect(error.map { "\($0)".contains("the client's own affair") } ?? false)
    }

    @Test func `a secret goes nowhere that an edge names`() async throws {
        let other = "http://localhost:\(web.server.port)/echo"
        let error = await failure { _ = try await run(parameters("\(web.url)/"), url: other) }
        #expect(error.map { "\($0)".contains("secret") } ?? false)
    }

    @Test func `a run cannot change where a secret goes`() async throws {
        await #expect(throws: (any Error).self) {
            try await run(
                parameters("\(web.url)/echo"),
                changing: ["url": .string("http://localhost:\(web.server.port)/echo")])
        }
    }
}

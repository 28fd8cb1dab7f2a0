import Corpus
import Foundation
import HTTPTypes
import Testing
import Workspace

@testable import Server

/// One of everything that a tenant can have, made by its own operations.
struct TenantThings {
    /// Ids by what paths call them.
    var named: [String: String] = [:]
    /// Every id.
    var ids: [String] = []
    /// Where each thing is read.
    var addresses: [String] = []

    private mutating func add(_ id: String, at address: String? = nil, as name: String? = nil) {
        ids.append(id)
        if let name { named[name] = id }
        if let address { addresses.append(address) }
    }

    static func make(
        _ fixture: TenantFixture, of tenant: String, as key: String
    ) async throws -> TenantThings {
        func post(_ target: String, _ json: String) async throws -> JSONValue {
            let response = await fixture.respond(.post, target, json: json, as: key)
            #expect((200..<300).contains(response.status.code), "\(target): \(response.text)")
            return try response.json
        }
        func id(_ value: JSONValue) throws -> String { try #require(value["id"]?.text) }
        var things = TenantThings()
        let flow = try id(try await post("/v1/flows", #"{"flow": \#(FlowText.echo)}"#))
        things.add(flow, at: "/v1/flows/\(flow)", as: "flow")
        let word = TenantFixture.word(tenant)
        let run = try id(
            try await post("/v1/runs", #"{"flow": "\#(flow)", "input": "\#(word)", "async": true}"#))
        things.add(run, at: "/v1/runs/\(run)", as: "job")
        let session = "session-of-\(tenant)"
        _ = try await post(
            "/v1/runs", #"{"flow": "\#(flow)", "input": "\#(word)", "session": "\#(session)"}"#)
        things.add(session, at: "/v1/conversations/\(flow)/\(session)", as: "session")
        let hook = try id(try await post("/v1/webhooks", #"{"url": "https://hooks.example/ada"}"#))
        things.add(hook, at: "/v1/webhooks/\(hook)")
        let set = try id(
            try await post(
                "/v1/evaluations/sets",
                #"{"name": "S", "questions": [{"question": "Where is it?", "accept": ["\#(word)"], "id": "q"}]}"#
            ))
        things.add(set, at: "/v1/evaluations/sets/\(set)", as: "set")
        let evaluations = try await post("/v1/evaluations/runs", #"{"set": "\#(set)"}"#)
        let evaluation = try id(try #require(evaluations["runs"]?.list.first))
        things.add(evaluation, at: "/v1/evaluations/runs/\(evaluation)", as: "run")
        let source = "wiki-\(tenant)"
        things.add(source, at: "/v1/sources/\(source)")
        let job = try id(
            try await post("/v1/ingest/jobs", #"{"source": "\#(source)", "scope": {"site": true}}"#))
        things.add(job, at: "/v1/ingest/jobs/\(job)")
        things.add(
            try id(
                try await post(
                    "/v1/feedback", #"{"request_id": "r", "question": "\#(word)?", "rating": "down"}"#)))
        let made = try await post("/v1/keys", #"{"name": "n", "scopes": ["search"]}"#)
        things.add(try id(try #require(made["key"])))
        things.add(try id(try await post("/api/v1/projects/", #"{"name": "P"}"#)))
        try await things.addStored(fixture, of: tenant, as: key)
        return things
    }

    private mutating func addStored(
        _ fixture: TenantFixture, of tenant: String, as key: String
    ) async throws {
        let collection = "collection-of-\(tenant)"
        let made = await fixture.respond(
            .put, "/v1/collections/\(collection)", json: #"{"dimension": 2}"#, as: key)
        #expect(made.status == .created, "\(made.text)")
        add(collection, at: "/v1/collections/\(collection)")
        let page = "page-of-\(tenant)"
        add(page, at: "/v1/documents/\(page)")
        let chunks = await fixture.respond(.get, "/v1/documents/\(page)/chunks", as: key)
        let chunk = try #require(try chunks.json["chunks"]?.list.first?["chunk_id"])
        let number = chunk.text ?? chunk.number.map { String(Int($0)) } ?? ""
        add(number, at: "/v1/chunks/\(number)/context")
        let upload = await fixture.respond(
            .post, "/v1/ingest/uploads?name=a.md&readers=anyone", upload: Data("# A".utf8), as: key,
            headers: [.uploadComplete: "?0"])
        let address = try #require(upload.headers[.location], "\(upload.text)")
        add((address as NSString).lastPathComponent, at: address)
        let traces = await fixture.respond(.get, "/v1/traces", as: key)
        let trace = try #require(try traces.json["traces"]?.list.first?["id"]?.text)
        add(trace, at: "/v1/traces/\(trace)")
        let signedIn = "signed-in-\(tenant)"
        try await fixture.workspace.add(
            SignInSession(
                id: signedIn, digest: Data(signedIn.utf8), tenant: tenant, principals: [.user("ann")],
                scopes: nil, createdAt: Date(), expiresAt: Date() + 3_600, rotatedAt: Date()))
        add(signedIn)
        let member = "user%3Amember-of-\(tenant)"
        add(member, at: "/v1/members/\(member)", as: "principal")
    }

    /// One that nothing is called, of the same form.
    static func absent(_ id: String) -> String {
        if id.allSatisfy(\.isNumber) { return "987654321" }
        let isHexadecimal = id.allSatisfy { $0.isHexDigit || $0 == "-" }
        return isHexadecimal
            ? String(id.map { $0 == "-" ? $0 : $0 == "0" ? "1" : "0" }) : id + "-that-is-not-there"
    }
}

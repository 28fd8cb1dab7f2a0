import FlowService
import Foundation
import HTTPTypes
import TestSupport
import Testing
import Workspace

@testable import Server

/// Files whose bytes lie where a signed address leads to.
@Suite(.timeLimit(.minutes(1))) struct `Downloads that are sent on` {
    private var fixture: ServerFixture

    init() async throws {
        fixture = try await ServerFixture()
        let store = fixture.flows.service.store
        let blobs = MemoryBlobStore()
        fixture.flows.files = { owner, flow in
            WorkspaceFiles(
                store: store, blobs: blobs, owner: owner, flow: flow,
                link: { key in "https://bucket.example/\(key)?signature" })
        }
    }

    @Test func `go to a signed address, which nobody keeps, once rights were checked`() async throws {
        let flow = try await fixture.importEcho()
        let uploaded = try await fixture.upload(
            "/api/v1/files/upload/\(flow)", Data("x".utf8), name: "a b.bin")
        #expect(uploaded.status == .created)
        let path = "/api/v1/files/download/\(flow)/a%20b.bin"
        let response = try await fixture.respond(.get, path, headers: .ada)
        #expect(response.status == .seeOther)
        let place = try #require(response.headers[.location])
        #expect(place.hasPrefix("https://bucket.example/files/") && place.hasSuffix("?signature"))
        #expect(response.headers[.cacheControl] == "no-store")
        #expect(response.data?.isEmpty ?? true)
        // Another one's flow, and what is not there, lead nowhere.
        for (path, headers) in [
            (path, HTTPFields.bob), ("/api/v1/files/download/\(flow)/none", .ada),
            ("/api/v1/files/download/\(flow)/..%2Fa", .ada),
        ] {
            let refused = try await fixture.respond(.get, path, headers: headers)
            #expect(refused.status.code >= 400 && refused.headers[.location] == nil, "\(path)")
        }
        let gone = try await fixture.respond(
            .delete, "/api/v1/files/delete/\(flow)/a%20b.bin", headers: .ada)
        #expect(gone.status == .ok)
        #expect(try await fixture.respond(.get, path, headers: .ada).problem == "no-such-thing")
    }
}

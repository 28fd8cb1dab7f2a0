import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `A response` {
    private func respond(
        _ path: String, _ headers: HTTPFields, method: HTTPRequest.Method = .get,
        to application: Application? = nil
    ) async throws -> APIResponse {
        let asked: Application
        if let application { asked = application } else { asked = try await ServerFixture().application() }
        return await asked.respond(
            to: APIRequest(method: method, path: path, headers: headers, id: "1"))
    }

    private func unpacked(_ response: APIResponse) throws -> Data {
        try PackedBody.unpacked(response.data ?? Data(), limitBytes: 1 << 24)
    }

    @Test(arguments: ["/openapi.json", "/", "/docs", "/shell/app.js"])
    func `comes packed to whom would rather have it so, and says so`(path: String) async throws {
        let application = try await ServerFixture().application()
        let plain = try await respond(path, [:], to: application)
        let packed = try await respond(path, [.acceptEncoding: "br, gzip"], to: application)
        #expect(plain.headers[.contentEncoding] == nil)
        #expect(packed.headers[.contentEncoding] == "gzip")
        #expect(try unpacked(packed) == plain.data)
        #expect(packed.headers[.contentLength] == String(packed.data?.count ?? -1))
        for response in [plain, packed] {
            #expect(response.headers[.vary]?.contains("Accept-Encoding") == true)
        }
        let head = try await respond(path, [.acceptEncoding: "gzip"], method: .head, to: application)
        #expect(head.headers == packed.headers)
    }

    @Test(arguments: ["", "br", "gzip;q=0", "identity", "identity, gzip;q=0.5", "*;q=0"])
    func `comes as it is to everybody else`(accept: String) async throws {
        let response = try await respond("/openapi.json", [.acceptEncoding: accept])
        #expect(response.headers[.contentEncoding] == nil)
        #expect(response.data?.first == UInt8(ascii: "{"))
    }

    @Test func `has a tag for each form, and either answers 304`() async throws {
        let application = try await ServerFixture().application()
        for path in ["/openapi.json", "/", "/" + (PageOperations.assets?.firstFiles[1] ?? "")] {
            let plain = try #require(try await respond(path, [:], to: application).headers[.eTag])
            let packed = try #require(
                try await respond(path, [.acceptEncoding: "gzip"], to: application).headers[.eTag])
            #expect(plain != packed)
            for (tag, coding) in [
                (plain, "identity"), (packed, "gzip"), (plain, "gzip"), (packed, "identity"),
            ] {
                let again = try await respond(
                    path, [.acceptEncoding: coding, .ifNoneMatch: tag], to: application)
                #expect(again.status == .notModified)
                #expect(again.headers[.eTag] == tag)
            }
            let other = try await respond(path, [.ifNoneMatch: "\"0-gzip\""], to: application)
            #expect(other.status == .ok)
        }
    }

    @Test func `is sent in parts as it is, and never in parts of its packed form`() async throws {
        let part = try await respond("/openapi.json", [.acceptEncoding: "gzip", .range: "bytes=0-2047"])
        #expect(part.status == .partialContent)
        #expect(part.headers[.contentEncoding] == nil)
        #expect(part.data?.count == 2_048)
        let packed = try await respond("/openapi.json", [.acceptEncoding: "gzip"])
        #expect(packed.headers[.acceptRanges] == nil)
        let tag = try #require(packed.headers[.eTag])
        let resumed = try await respond(
            "/openapi.json", [.acceptEncoding: "gzip", .range: "bytes=100-", .ifRange: tag])
        #expect(resumed.status == .ok)
    }

    @Test func `is left as it is when it is small, and when it is a stream of events`() async throws {
        let application = try await ServerFixture().application()
        let small = try await respond("/healthz", [.acceptEncoding: "gzip"], to: application)
        #expect(small.headers[.contentEncoding] == nil)
        let stream = await application.respond(
            to: APIRequest(
                method: .post, path: "/v1/ask",
                headers: [.contentType: "application/json", .acceptEncoding: "gzip"],
                body: Data(#"{"question": "when do deploys happen", "stream": true}"#.utf8), id: "1"))
        #expect(stream.headers[.contentEncoding] == nil)
        #expect(try await stream.events().last?.name == "done")
    }

    @Test(arguments: [("cross-site", false), ("same-site", false), ("same-origin", true), ("none", true)])
    func `is not packed for pages of other sites, which could measure guesses by its length`(
        site: String, isPacked: Bool
    ) async throws {
        let headers: HTTPFields = [.acceptEncoding: "gzip", .fetchSite: site]
        let response = try await respond("/openapi.json", headers)
        #expect((response.headers[.contentEncoding] != nil) == isPacked)
    }

    @Test func `is changed by the tag that was read, however it came`() {
        #expect(CodedTag.plain(CodedTag.packed("\"3f\"")) == "\"3f\"")
        #expect(CodedTag.plain("W/\"1-gzip\", \"2\", *") == "W/\"1\", \"2\", *")
        #expect(CodedTag.packed("") == "")
    }
}

@Suite(.timeLimit(.minutes(2))) struct `What a client accepts` {
    @Test(arguments: ["text/html", "image/*", "application/json;q=0", "text/html, application/xml;q=0.9"])
    func `is a 406 before anything is done when nothing of it is told`(accept: String) async throws {
        let response = try await ServerFixture().respond(.get, "/v1/status", headers: [.accept: accept])
        #expect(response.status == .notAcceptable)
        #expect(try response.json["type"] == .text(ProblemKind.notAcceptable.urn))
        #expect(try response.json["detail"]?.text?.contains("application/json") == true)
    }

    @Test(arguments: [
        "application/json", "*/*", "application/*", "text/html, */*;q=0.1",
        "text/event-stream, application/json",
        "APPLICATION/JSON; charset=utf-8",
    ])
    func `is answered where it admits what there is`(accept: String) async throws {
        #expect(
            try await ServerFixture().respond(.get, "/v1/status", headers: [.accept: accept]).status == .ok)
    }

    @Test func `does not matter to the page's files`() async throws {
        #expect(
            try await ServerFixture().respond(.get, "/shell/app.js", headers: [.accept: "image/png"]).status
                == .ok)
    }
}

import Concurrency
import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `A request's packed body` {
    private static let question = #"{"question": "when do deploys happen"}"#

    private func ask(
        _ body: Data, _ headers: HTTPFields, _ fixture: ServerFixture? = nil
    ) async throws -> APIResponse {
        var all: HTTPFields = [.contentType: "application/json"]
        all.append(contentsOf: headers)
        let known: ServerFixture
        if let fixture { known = fixture } else { known = try await ServerFixture() }
        let application = try known.application()
        return await application.respond(
            to: APIRequest(method: .post, path: "/v1/ask", headers: all, id: "1"),
            body: BodySource(whole: { body }, pieces: { _ in PulledSequence([]) }))
    }

    @Test(arguments: ["gzip", "x-gzip", "GZIP", "identity, gzip"])
    func `is read as what it was before`(coding: String) async throws {
        let packed = try #require(Gzip.packed(Data(Self.question.utf8), effort: .best))
        let response = try await ask(packed, [.contentEncoding: coding])
        #expect(response.status == .ok)
        #expect(try response.json["question"] == .text("when do deploys happen"))
    }

    @Test func `is as good as any when it is said not to be packed`() async throws {
        #expect(try await ask(Data(Self.question.utf8), [.contentEncoding: "identity"]).status == .ok)
    }

    @Test(arguments: ["br", "deflate", "gzip, gzip", "gzip, br", "zstd"])
    func `is a 415 that tells what is taken, in another coding`(coding: String) async throws {
        let packed = try #require(Gzip.packed(Data(Self.question.utf8), effort: .best))
        let response = try await ask(packed, [.contentEncoding: coding])
        #expect(response.status == .unsupportedMediaType)
        #expect(response.headers[.acceptEncoding] == "gzip, identity")
        #expect(try response.json["type"] == .text(ProblemKind.unsupportedContentCoding.urn))
    }

    @Test func `is a 400 when it is not what it is said to be`() async throws {
        let packed = try #require(Gzip.packed(Data(Self.question.utf8), effort: .best))
        for body in [Data(Self.question.utf8), packed.dropLast(3), Data()] {
            let response = try await ask(Data(body), [.contentEncoding: "gzip"])
            #expect(response.status == .badRequest)
            #expect(try response.json["type"] == .text(ProblemKind.malformedContentCoding.urn))
        }
    }

    @Test func `is a 413 when it is larger than the limit unpacked, however small it is packed`() async throws
    {
        var fixture = try await ServerFixture()
        fixture.configuration.bodyLimitBytes = 4_096
        let long = #"{"question": "\#(String(repeating: "deploys ", count: 1_000))"}"#
        for data in [Data(long.utf8), Data(count: 16_000_000)] {
            let packed = try #require(Gzip.packed(data, effort: .best))
            let response = try await ask(packed, [.contentEncoding: "gzip"], fixture)
            #expect(response.status == .contentTooLarge)
            #expect(try response.json["limit"] == .number(4_096))
        }
    }

    @Test func `is unpacked piece by piece where the operation takes it so, and bounded`() async throws {
        let data = Data((0..<500_000).map { UInt8($0 % 251) })
        let packed = try #require(Gzip.packed(data, effort: .quick))
        let pieces = stride(from: 0, to: packed.count, by: 1_000).map { packed.dropFirst($0).prefix(1_000) }
        var whole = Data()
        for try await piece in PackedBody.unpacked(PulledSequence(pieces), limitBytes: 500_000) {
            whole += piece
        }
        #expect(whole == data)
        await #expect(throws: RequestFault.bodyTooLarge(limitBytes: 499_999)) {
            for try await _ in PackedBody.unpacked(PulledSequence(pieces), limitBytes: 499_999) {}
        }
        await #expect(throws: RequestFault.self) {
            let cut = PulledSequence(pieces.dropLast().map { $0 })
            for try await _ in PackedBody.unpacked(cut, limitBytes: 500_000) {}
        }
    }

    @Test func `is not taken where it is signed as it comes`() async throws {
        let receiver = WebhookReceiver(name: "confluence") { _, _ in 0 }
        let application = Application(
            operations: [WebhookOperation(receiver: receiver).operation],
            scopes: try await ServerFixture().corpus,
            configuration: ServerConfiguration(), logger: CapturedLog().logger)
        let packed = try #require(Gzip.packed(Data("{}".utf8), effort: .best))
        let response = await application.respond(
            to: APIRequest(
                method: .post, path: "/v1/webhooks/confluence",
                headers: [.contentType: "application/json", .contentEncoding: "gzip"], body: packed, id: "1"))
        #expect(response.status == .unsupportedMediaType)
    }
}

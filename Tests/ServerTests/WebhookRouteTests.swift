import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `The webhook route` {
    private func respond(
        _ receiver: WebhookReceiver?, _ body: String, _ headers: HTTPFields = [:],
        path: String = "/v1/webhooks/wiki"
    ) async throws -> APIResponse {
        let fixture = try await ServerFixture()
        let application = Application(
            qa: try fixture.qa(), corpus: fixture.corpus, indexCount: { 0 }, flows: fixture.flows,
            configuration: ServerConfiguration(),
            logger: fixture.log.logger, version: "1", webhooks: receiver.map { [$0] } ?? [])
        let response = await application.respond(
            to: APIRequest(method: .post, path: path, headers: headers, body: Data(body.utf8), id: "t"))
        if let match = try? application.router.match(method: .post, path: path) {
            try ContractCheck.check(response, of: match.operation)
        }
        return response
    }

    @Test func `hands over the body byte for byte with its headers, and says 202`() async throws {
        let seen = Mutex<(Data, String?)>((Data(), nil))
        let receiver = WebhookReceiver(name: "wiki") { body, header in
            seen.withLock { $0 = (body, header("x-hub-signature")) }
            return 3
        }
        let body = " {\"event\" : \"ü\"}\r\n"
        let name = try #require(HTTPField.Name("X-Hub-Signature"))
        let response = try await respond(receiver, body, [name: "sha256=00"])
        #expect(response.status == .accepted)
        #expect(try response.json["accepted"] == .number(3))
        #expect(seen.withLock { $0.0 } == Data(body.utf8))
        #expect(seen.withLock { $0.1 } == "sha256=00")
    }

    @Test(arguments: [
        (WebhookReceiver.Refusal.unsigned, 401), (.wrongSignature, 401), (.malformed, 400),
    ])
    func `refuses what its receiver refuses, without a word of the body`(
        refusal: WebhookReceiver.Refusal, status: Int
    ) async throws {
        let receiver = WebhookReceiver(name: "wiki") { _, _ in throw refusal }
        let response = try await respond(receiver, "sesame")
        #expect(response.status.code == status)
        #expect(!String(decoding: response.data ?? Data(), as: UTF8.self).contains("sesame"))
    }

    @Test func `is not there without a receiver, nor under another name`() async throws {
        #expect([404, 405].contains(try await respond(nil, "{}").status.code))
        let receiver = WebhookReceiver(name: "wiki") { _, _ in 0 }
        #expect(
            [404, 405].contains(
                try await respond(receiver, "{}", path: "/v1/webhooks/confluence").status.code))
    }
}

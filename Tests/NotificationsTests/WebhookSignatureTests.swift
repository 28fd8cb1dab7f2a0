import Foundation
import Testing
import Workspace

@testable import Notifications

@Suite struct `The signature of a message` {
    @Test func `is the one that the specification gives as its example`() throws {
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let headers = WebhookSignature.headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: Date(timeIntervalSince1970: 1_614_265_330.9),
            body: Data(#"{"test": 2432232314}"#.utf8), secrets: [secret])
        #expect(headers.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(
            headers.map(\.value) == [
                "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ])
    }

    @Test func `is there once for each secret, the newest first`() throws {
        let (new, old) = (WebhookSecret(), WebhookSecret())
        let (time, body) = (Date(timeIntervalSince1970: 1), Data("x".utf8))
        func signature(_ secrets: [WebhookSecret]) -> String? {
            WebhookSignature.headers(id: "a", at: time, body: body, secrets: secrets).last?.value
        }
        let both = try #require(signature([new, old]))
        #expect(both.split(separator: " ").map(String.init) == [signature([new]), signature([old])])
        #expect(signature([new]) != signature([old]))
    }
}

@Suite struct `A webhook's secret` {
    @Test func `has 32 bytes of its own, and is read as it is written`() throws {
        let secret = WebhookSecret()
        #expect(secret.bytes.count == 32 && secret.text.hasPrefix("whsec_"))
        #expect(WebhookSecret(secret.text) == secret)
        #expect(WebhookSecret() != secret)
        #expect(!"\(secret)".contains(secret.bytes.base64EncodedString()), "it is not told by itself")
    }

    @Test(arguments: ["", "whsec_", "whsec_c2hvcnQ=", "whsec_%%%", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    func `is refused when it is none`(text: String) {
        #expect(WebhookSecret(text) == nil)
    }
}

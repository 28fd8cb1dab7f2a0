import Testing
import Transport
import Workspace

@testable import Notifications

@Suite struct `Addresses of webhooks` {
    private func refusal(_ text: String, ranges: [String] = []) throws -> String? {
        let addresses = try WebhookAddresses(ranges: ranges.map { try AddressRange($0) })
        do {
            _ = try addresses.checked(text)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com/", "https://ann:secret@example.com/", "http://example.com/",
        "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://localhost/",
        "https://a.localhost./", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data", "http://10.1.2.3/",
        "https://example.com/" + String(repeating: "a", count: 2_000),
    ])
    func `are refused when they are none, plain, or plainly private`(text: String) throws {
        #expect(try refusal(text) != nil)
    }

    @Test(arguments: ["https://example.com/hook?a=b", "https://8.8.8.8:8443/", "https://[2606:4700::1111]/"])
    func `are taken when they are https to the public`(text: String) throws {
        #expect(try refusal(text) == nil)
    }

    @Test func `are plain http only within the private ranges that are allowed`() throws {
        let ranges = ["10.1.0.0/16"]
        #expect(try refusal("http://10.1.2.3:8080/hook", ranges: ranges) == nil)
        #expect(try refusal("https://10.1.2.3/hook", ranges: ranges) == nil)
        #expect(
            try refusal("http://hooks.internal/", ranges: ranges) == nil, "judged when it is connected to")
        #expect(try refusal("http://10.2.0.1/", ranges: ranges) != nil)
        #expect(try refusal("http://8.8.8.8/", ranges: ranges) != nil)
        #expect(try refusal("http://[2606:4700::1111]/", ranges: ranges) != nil)
        #expect(try refusal("http://[64:ff9b::808:808]/", ranges: ranges) != nil)
        #expect(try refusal("http://169.254.169.254/", ranges: ["0.0.0.0/0"]) != nil)
    }

    @Test func `have one form`() throws {
        let addresses = try WebhookAddresses(ranges: [])
        #expect(try addresses.checked(" https://example.com/a/../b#c ") == "https://example.com/b")
    }

    @Test func `are refused at hosts that the settings leave out`() throws {
        let addresses = try WebhookAddresses(ranges: []) { $0.host == "hooks.example.com" }
        #expect(throws: WebhookAddressRefused.self) { try addresses.checked("https://example.com/") }
        #expect(throws: Never.self) { try addresses.checked("https://hooks.example.com/") }
    }
}

@Suite struct `Why a message was not taken` {
    @Test func `is told without the addresses that a name has`() {
        let limit = Duration.seconds(15)
        let refused = WebhookTransport.told(
            TransportError.addressRefused(host: "db.internal", address: "10.9.8.7"), limit: limit)
        guard case .refused(let reason) = refused else {
            Issue.record("an address that may not be reached is tried once more")
            return
        }
        #expect(reason.contains("private") && !reason.contains("10.9.8.7"))
        let others: [TransportError] = [
            .couldNotResolve(host: "h"), .couldNotConnect(host: "h", reason: "refused by 10.9.8.7"),
            .timedOut(host: "h", after: limit), .tls(host: "h", reason: "r"),
            .protocolError(host: "h", reason: "10.9.8.7"), .proxy(host: "h", reason: "10.9.8.7"),
        ]
        for error in others {
            guard case .unreached(let reason) = WebhookTransport.told(error, limit: limit) else {
                Issue.record("\(error) ends a message")
                continue
            }
            #expect(!reason.isEmpty && !reason.contains("10.9.8.7"))
        }
    }
}

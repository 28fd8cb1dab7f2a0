import AWSServices
import Concurrency
import Foundation
import JSONValue
import Models
import TestSupport
import Transport

/// The endpoints of the double, or answers of one's own.
struct SageMakerEndpoints: Sendable {
    let server: AWSDouble
    let clock = ManualClock()

    init() throws {
        server = try AWSDouble()
    }

    /// - Parameter http: in place of the double.
    func runtime(attempts: Int = 1, http: (any HTTPClient)? = nil) async throws -> SageMakerRuntime {
        var variables = ["AWS_MAX_ATTEMPTS": "\(attempts)"]
        if http == nil { variables["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = server.endpoint }
        return try SageMakerRuntime(
            try await AWSAccount(
                environment: AWSEnvironment(variables: variables), region: "us-east-1",
                credentials: StaticCredentials(server.credentials), http: http ?? server.http,
                localHTTP: server.http, clock: clock))
    }

    /// The bodies that were asked, in the order of their arrival.
    func bodies() async throws -> [JSONValue] {
        try JSONValue(parsing: try await server.requestsText()).array?.compactMap { $0["body"] } ?? []
    }

    // MARK: Answers of one's own

    private static let url = "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/e/invocations"

    /// An endpoint `e` that answers so, in this order.
    static func answering(_ bodies: String...) -> ReplayHTTPClient {
        ReplayHTTPClient(
            bodies.map {
                .init(
                    method: "POST", url: url, headers: [("Content-Type", "application/json")],
                    body: Data($0.utf8))
            })
    }

    /// An endpoint `e` whose model refuses with a status and words, and then answers so.
    static func refusing(_ status: Int, _ words: String, then bodies: String...) -> ReplayHTTPClient {
        let told: JSONValue = [
            "Message": "m", "OriginalStatusCode": .integer(status), "OriginalMessage": .string(words),
        ]
        let refusal = ReplayHTTPClient.Exchange(
            method: "POST", url: url, status: 424, headers: [("x-amzn-ErrorType", "ModelError")],
            body: Data(((try? told.text()) ?? "").utf8))
        return ReplayHTTPClient(
            [refusal] + bodies.map { .init(method: "POST", url: url, body: Data($0.utf8)) })
    }

    /// An endpoint `e` that streams these bytes in parts of a size, and ends in an orderly way.
    static func streaming(_ bytes: some Collection<UInt8>, partSize: Int = 7) -> ReplayHTTPClient {
        let bytes = Array(bytes)
        let parts = stride(from: 0, to: bytes.count, by: partSize).map {
            EventStreamFrame.payload(bytes[$0..<min($0 + partSize, bytes.count)])
        }
        return ReplayHTTPClient([
            .init(method: "POST", url: url + "-response-stream", body: parts.reduce(Data(), +))
        ])
    }
}

/// Writes messages of `application/vnd.amazon.eventstream`; what reads them is checked against botocore
/// elsewhere.
private enum EventStreamFrame {
    static func payload(_ bytes: ArraySlice<UInt8>) -> Data {
        var headers: [UInt8] = []
        for (name, value) in [(":message-type", "event"), (":event-type", "PayloadPart")] {
            headers += [UInt8(name.utf8.count)] + name.utf8 + [7, 0, UInt8(value.utf8.count)] + value.utf8
        }
        var message = word(16 + headers.count + bytes.count) + word(headers.count)
        message += word(Int(checksum(message))) + headers + bytes
        return Data(message + word(Int(checksum(message))))
    }

    private static func word(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// CRC-32 of ISO 3309, bit by bit.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1
            }
        }
    }
}

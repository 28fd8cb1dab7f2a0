import Concurrency
import Foundation
import TestSupport
import Transport

@testable import AWSServices

/// The endpoints of the double, or answers of one's own.
struct SageMakerEndpoints: Sendable {
    let server: AWSDouble
    let clock = ManualClock()
    /// What its embedding model takes.
    static let texts = Data(#"{"inputs": ["planted"]}"#.utf8)
    /// What its model of answers takes.
    static let prompt = Data(#"{"inputs": "planted"}"#.utf8)
    /// Of an endpoint `e` of AWS's own.
    static let url = "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/e/invocations"

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

    func parts(_ answer: SageMakerRuntime.StreamedAnswer) async throws -> [Data] {
        var parts: [Data] = []
        for try await part in answer.parts { parts.append(part) }
        return parts
    }

    /// A refusal of the model behind the endpoint `e`.
    static func refusal(_ body: String) -> ReplayHTTPClient.Exchange {
        .init(
            method: "POST", url: url, status: 424, headers: [("x-amzn-ErrorType", "ModelError")],
            body: Data(body.utf8))
    }
}

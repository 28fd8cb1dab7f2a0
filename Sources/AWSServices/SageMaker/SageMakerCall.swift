import Foundation
import Transport

/// Which model of SageMaker is asked, and in what form.
///
/// The limits are those of AWS's model of the service; what is beyond them is refused before anything is
/// sent.
public struct SageMakerCall: Sendable, Hashable {
    /// The endpoint's name: 1 to 63 letters, digits and `-`.
    public var endpoint: String
    /// The MIME type of what is sent.
    public var contentType = "application/json"
    /// The MIME type that is asked for.
    public var accept = "application/json"
    /// The model of a multi-model endpoint: its archive's name below the endpoint's prefix in S3, at most
    /// 1,024 characters. A streamed answer knows no such choice.
    public var targetModel: String?
    /// The production variant, at most 63 characters; `nil` for AWS's choice by the variants' weights.
    public var targetVariant: String?
    /// The container of an endpoint of several, by its host name, at most 63 characters.
    public var targetContainer: String?
    /// The inference component of an endpoint that hosts some, at most 63 characters.
    public var inferenceComponent: String?
    /// A session with a model that keeps a state: its id, at most 256 characters, or `NEW_SESSION`, which a
    /// streamed answer does not know. A call that failed may be repeated within the session.
    public var sessionID: String?
    /// What the model's container is told in a form of its own: at most 1,024 visible ASCII characters and
    /// spaces. No error shows it.
    public var customAttributes: String?

    public init(endpoint: String) {
        self.endpoint = endpoint
    }

    /// The call as it goes to SageMaker.
    func operation(_ body: Data, isStream: Bool) throws(SageMakerError) -> AWSOperation {
        let name = isStream ? "InvokeEndpointWithResponseStream" : "InvokeEndpoint"
        if let fault = fault(body, isStream: isStream) {
            throw .aws(
                .invalidOperation(
                    service: SageMakerRuntime.description.endpointPrefix, operation: name, reason: fault))
        }
        let fields: [(String, String?)] = [
            ("Content-Type", contentType),
            (isStream ? "X-Amzn-SageMaker-Accept" : "Accept", accept),
            ("X-Amzn-SageMaker-Target-Model", targetModel),
            ("X-Amzn-SageMaker-Target-Variant", targetVariant),
            ("X-Amzn-SageMaker-Target-Container-Hostname", targetContainer),
            ("X-Amzn-SageMaker-Inference-Component", inferenceComponent),
            ("X-Amzn-SageMaker-Session-Id", sessionID),
            ("X-Amzn-SageMaker-Custom-Attributes", customAttributes),
        ]
        var operation = AWSOperation(
            name, path: "/endpoints/{EndpointName}/invocations" + (isStream ? "-response-stream" : ""),
            labels: ["EndpointName": endpoint],
            headers: fields.compactMap { field in field.1.map { (name: field.0, value: $0) } },
            input: .body(.data(body)), resource: endpoint)
        operation.secrets = [customAttributes ?? ""]
        return operation
    }

    // MARK: Limits

    /// Why the call cannot be sent.
    private func fault(_ body: Data, isStream: Bool) -> String? {
        guard (1...SageMakerRuntime.limitBytes).contains(body.count) else {
            return """
                its body has \(body.count) bytes, and SageMaker takes 1 to \(SageMakerRuntime.limitBytes)
                """
        }
        if isStream, targetModel != nil { return "a streamed answer knows no choice of the target model" }
        if isStream, sessionID == "NEW_SESSION" { return "a streamed answer cannot open a session" }
        let names: [(String, String?, limit: Int)] = [
            ("endpoint's name", endpoint, 63), ("target variant", targetVariant, 63),
            ("target container", targetContainer, 63), ("inference component", inferenceComponent, 63),
            ("session", sessionID == "NEW_SESSION" ? nil : sessionID, 256),
        ]
        for case (let what, let name?, let limit) in names where !Self.isName(name, limit) {
            return "the \(what) is not 1 to \(limit) letters, digits and inner hyphens"
        }
        let texts: [(String, String?, atLeast: Int)] = [
            ("content type", contentType, 1), ("accepted type", accept, 1), ("target model", targetModel, 1),
            ("custom attributes", customAttributes, 0),
        ]
        for case (let what, let text?, let least) in texts where !Self.isText(text, least) {
            return "the \(what) is not \(least) to 1024 visible ASCII characters and spaces"
        }
        return nil
    }

    private static func isName(_ text: String, _ limit: Int) -> Bool {
        (1...limit).contains(text.utf8.count) && text.first != "-" && text.last != "-"
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
    }

    private static func isText(_ text: String, _ least: Int) -> Bool {
        (least...1_024).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

import Foundation
import JSONValue
import Transport

/// The part of Amazon Bedrock that knows which models there are, and which the account may use.
public struct BedrockCatalog: Sendable {
    public static let description = AWSServiceDescription(
        endpointPrefix: "bedrock", serviceID: "Bedrock", apiProtocol: .restJSON, takesBearer: true)

    /// A model of a region.
    public struct Model: Sendable, Hashable {
        public var id: String
        public var provider: String
        /// In AWS's words: `TEXT`, `IMAGE`, `EMBEDDING`, …
        public var outputs: [String]
        /// Whether the id itself may be asked; others are asked by an inference profile.
        public var isOnDemand: Bool
        /// Whether AWS takes it away one day.
        public var isLegacy: Bool
    }

    /// Whether an account may use a model in a region.
    public struct Availability: Sendable, Hashable {
        public var isAuthorized: Bool
        public var isEntitled: Bool
        public var isInRegion: Bool
        /// Whether the provider's terms were agreed to, where there are any.
        public var isAgreed: Bool

        public var isEnabled: Bool { isAuthorized && isEntitled && isInRegion && isAgreed }
    }

    let service: AWSService

    /// - Parameter endpoint: another than AWS's own.
    public init(_ account: AWSAccount, endpoint: URL? = nil) throws(AWSError) {
        service = try account.service(Self.description, endpoint: endpoint)
    }

    public var region: String { service.region }

    /// The models of the region.
    public func models() async throws(AWSError) -> [Model] {
        let (answer, id) = try await get("ListFoundationModels", "/foundation-models")
        guard let summaries = answer["modelSummaries"]?.array else {
            throw service.unexpected("ListFoundationModels", "it lists no models", id)
        }
        return summaries.compactMap { model in
            guard let id = model["modelId"]?.string else { return nil }
            return Model(
                id: id, provider: model["providerName"]?.string ?? "",
                outputs: (model["outputModalities"]?.array ?? []).compactMap(\.string),
                isOnDemand: (model["inferenceTypesSupported"]?.array ?? []).contains("ON_DEMAND"),
                isLegacy: model["modelLifecycle"]?["status"]?.string == "LEGACY")
        }
    }

    /// The ids of the inference profiles of the region, those of AWS and those of the account.
    public func inferenceProfiles() async throws(AWSError) -> [String] {
        var ids: [String] = []
        var token: String?
        repeat {
            let name = "ListInferenceProfiles"
            let (answer, id) = try await get(
                name, "/inference-profiles", query: token.map { [("nextToken", $0)] } ?? [])
            guard let summaries = answer["inferenceProfileSummaries"]?.array else {
                throw service.unexpected(name, "it lists no profiles", id)
            }
            ids += summaries.compactMap { $0["inferenceProfileId"]?.string }
            let next = answer["nextToken"]?.string
            guard next == nil || next != token else {
                throw service.unexpected(name, "its pages do not end", id)
            }
            token = next
        } while token != nil
        return ids
    }

    /// Whether the account may use a model.
    public func availability(of modelID: String) async throws(AWSError) -> Availability {
        let name = "GetFoundationModelAvailability"
        let (answer, id) = try await get(
            name, "/foundation-model-availability/{modelId}", labels: ["modelId": modelID], resource: modelID)
        guard let authorization = answer["authorizationStatus"]?.string else {
            throw service.unexpected(name, "it has no authorizationStatus", id)
        }
        let agreement = answer["agreementAvailability"]?["status"]?.string
        return Availability(
            isAuthorized: authorization == "AUTHORIZED",
            isEntitled: answer["entitlementAvailability"]?.string == "AVAILABLE",
            isInRegion: answer["regionAvailability"]?.string == "AVAILABLE",
            isAgreed: agreement == nil || agreement == "AVAILABLE")
    }

    private func get(
        _ name: String, _ path: String, labels: [String: String] = [:],
        query: [(name: String, value: String?)] = [], resource: String? = nil
    ) async throws(AWSError) -> (JSONValue, requestID: String) {
        let response = try await service.send(
            AWSOperation(name, method: "GET", path: path, labels: labels, query: query, resource: resource))
        guard let answer = try? JSONValue(parsing: response.body) else {
            throw service.unexpected(name, "its body is no JSON", response.requestID)
        }
        return (answer, response.requestID)
    }
}

import Concurrency
import Foundation
import JSONValue
import Transport

/// The parameters of AWS Systems Manager.
public struct ParameterStore: Sendable {
    public static let description = AWSServiceDescription(
        endpointPrefix: "ssm", serviceID: "SSM", apiProtocol: .json(.v1_1, targetPrefix: "AmazonSSM"))

    public enum Kind: String, Sendable {
        case string = "String"
        /// Parts separated by commas.
        case list = "StringList"
        case secure = "SecureString"
    }

    public struct Parameter: Sendable, Hashable {
        public var name: String
        public var kind: Kind
        /// In clear.
        public var text: AWSSecretText
        public var version: Int
        /// AWS's id of the call that gave it.
        public var requestID: String
    }

    let service: AWSService

    /// - Parameter endpoint: another than AWS's own.
    public init(_ account: AWSAccount, endpoint: URL? = nil) throws(AWSError) {
        service = try account.service(Self.description, endpoint: endpoint)
    }

    /// - Parameter name: with `:VERSION` or `:LABEL` for another than the newest.
    public func value(_ name: String) async throws(AWSError) -> Parameter {
        let (answer, id) = try await service.json(
            "GetParameter", ["Name": .string(name), "WithDecryption": true], resource: name)
        return try parameter(answer["Parameter"], "GetParameter", id)
    }

    /// All parameters below a path, page by page. Throws ``AWSError``.
    public func values(below path: String) -> PulledSequence<Parameter> {
        PulledSequence {
            var page: [Parameter].Iterator = [].makeIterator()
            var token: String?
            var isLast = false
            return {
                while true {
                    if let next = page.next() { return next }
                    if isLast { return nil }
                    let (answer, id) = try await service.json(
                        "GetParametersByPath",
                        [
                            "Path": .string(path), "Recursive": true, "WithDecryption": true,
                            "NextToken": token.map { .string($0) },
                        ], resource: path)
                    page = try (answer["Parameters"]?.array ?? []).map {
                        try parameter($0, "GetParametersByPath", id)
                    }.makeIterator()
                    token = answer["NextToken"]?.string
                    isLast = token == nil
                }
            }
        }
    }

    /// - Returns: the version that it has now.
    @discardableResult
    public func put(
        _ name: String, _ text: AWSSecretText, kind: Kind = .secure, overwrites: Bool = false,
        keyID: String? = nil
    ) async throws(AWSError) -> Int {
        let (answer, id) = try await service.json(
            "PutParameter",
            [
                "Name": .string(name), "Value": .string(text.value), "Type": .string(kind.rawValue),
                "Overwrite": .bool(overwrites), "KeyId": keyID.map { .string($0) },
            ], resource: name)
        guard let version = answer["Version"]?.integer else {
            throw service.unexpected("PutParameter", "it has no Version", id)
        }
        return version
    }

    private func parameter(
        _ json: JSONValue?, _ operation: String, _ id: String
    ) throws(AWSError) -> Parameter {
        guard let name = json?["Name"]?.string, let value = json?["Value"]?.string,
            let kind = json?["Type"]?.string.flatMap(Kind.init), let version = json?["Version"]?.integer
        else { throw service.unexpected(operation, "a parameter has no name, type or value", id) }
        return Parameter(name: name, kind: kind, text: AWSSecretText(value), version: version, requestID: id)
    }
}

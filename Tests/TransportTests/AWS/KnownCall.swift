import Foundation
import JSONValue

@testable import Transport

/// A call, cut up by where the service's model puts its parameters: what two fixtures of botocore's requests share.
struct KnownCall: Decodable {
    var service: String
    var operation: String
    var `protocol`: String
    var targetPrefix: String?
    var jsonVersion: String?
    var queryCompatible: Bool?
    var version: String?
    var method: String
    var uri: String
    var labels: [String: String]
    var query: [[String]]
    var headers: [[String]]
    var blob: String?
    var json: JSONValue?
    var form: JSONValue?
    var xml: JSONValue?

    struct Unreadable: Error {}

    var apiProtocol: AWSProtocol? {
        switch `protocol` {
        case "rest-json": .restJSON
        case "rest-xml": .restXML
        case "query": .query(apiVersion: version ?? "")
        case "json":
            AWSProtocol.JSONVersion(rawValue: jsonVersion ?? "").map {
                .json($0, targetPrefix: targetPrefix ?? "", isQueryCompatible: queryCompatible ?? false)
            }
        default: nil
        }
    }

    func input() throws -> AWSOperation.Input {
        if let blob {
            guard let data = Data(base64Encoded: blob) else { throw Unreadable() }
            return .body(.data(data))
        }
        if let json { return .json(Data(try json.text().utf8)) }
        if let form {
            guard let value = AWSFormValue(recorded: form) else { throw Unreadable() }
            return .form(value)
        }
        if let xml {
            guard let tree = XMLTree(recorded: xml) else { throw Unreadable() }
            return .xml(tree)
        }
        return .none
    }

    func made() throws -> AWSOperation {
        AWSOperation(
            operation, method: method, path: uri, labels: labels, query: query.map { ($0[0], $0[1]) },
            headers: headers.map { ($0[0], $0[1]) }, input: try input())
    }
}

extension AWSFormValue {
    init?(recorded: JSONValue) {
        func fields(_ key: String) -> [Field]? {
            recorded[key]?.array?.compactMap { pair in
                guard let name = pair.array?.first?.string, let value = pair.array?.last,
                    let value = AWSFormValue(recorded: value) ?? value.string.map(AWSFormValue.text)
                else { return nil }
                return Field(name, value)
            }
        }
        if let text = recorded["text"]?.string {
            self = .text(text)
        } else if let members = fields("structure") {
            self = .structure(members)
        } else if let elements = recorded["list"]?.array {
            self = .list(
                elements.compactMap { AWSFormValue(recorded: $0) }, member: recorded["member"]?.string)
        } else if let entries = fields("map") {
            self = .map(
                entries, entry: recorded["entry"]?.string, key: recorded["key"]?.string ?? "key",
                value: recorded["value"]?.string ?? "value")
        } else {
            return nil
        }
    }
}

extension XMLTree {
    init?(recorded: JSONValue) {
        guard let name = recorded["name"]?.string else { return nil }
        self.init(
            name, namespace: recorded["namespace"]?.string, text: recorded["text"]?.string ?? "",
            children: (recorded["children"]?.array ?? []).compactMap { XMLTree(recorded: $0) })
    }
}

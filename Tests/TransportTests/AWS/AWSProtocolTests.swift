import Foundation
import JSONValue
import TestSupport
import Testing

@testable import Transport

/// A call, cut up by where the service's model puts its parameters, and what botocore makes of it.
private struct KnownRequest: Decodable {
    struct Wire: Decodable {
        var method: String
        var path: String
        var query: [[String]]
        var headers: [[String]]
        /// Base64, or the fields of a form.
        var body: JSONValue
    }

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
    var expected: Wire

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
        if let blob { return .body(.data(try #require(Data(base64Encoded: blob)))) }
        if let json { return .json(Data(try json.text().utf8)) }
        if let form { return .form(try #require(AWSFormValue(recorded: form))) }
        if let xml { return .xml(try #require(XMLTree(recorded: xml))) }
        return .none
    }
}

extension AWSFormValue {
    fileprivate init?(recorded: JSONValue) {
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
    fileprivate init?(recorded: JSONValue) {
        guard let name = recorded["name"]?.string else { return nil }
        self.init(
            name, namespace: recorded["namespace"]?.string, text: recorded["text"]?.string ?? "",
            children: (recorded["children"]?.array ?? []).compactMap { XMLTree(recorded: $0) })
    }
}

@Suite struct `AWS's protocols` {
    private func decoded(_ text: Substring) -> String { String(text).removingPercentEncoding ?? "?" }

    private func pairs(_ query: Substring) -> [[String]] {
        query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return [decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : ""]
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func isSame(_ body: Data, _ known: KnownRequest) throws -> Bool {
        if known.protocol == "query" {
            let fields = known.expected.body.array?.map { $0.array?.compactMap(\.string) ?? [] }
            return pairs(Substring(String(decoding: body, as: UTF8.self)))
                == fields?.sorted { $0.lexicographicallyPrecedes($1) }
        }
        let theirs = try #require(Data(base64Encoded: known.expected.body.string ?? ""))
        if known.json != nil { return try JSONValue(parsing: body) == JSONValue(parsing: theirs) }
        if known.xml != nil { return try XMLTree(parsing: body) == XMLTree(parsing: theirs) }
        return body == theirs
    }

    @Test func `put calls on the wire as botocore does`() throws {
        let known = try Fixtures.jsonLines("aws/requests.jsonl", as: KnownRequest.self)
        #expect(Set(known.map(\.protocol)) == ["rest-json", "rest-xml", "json", "query"])
        for call in known {
            let operation = AWSOperation(
                call.operation, method: call.method, path: call.uri, labels: call.labels,
                query: call.query.map { ($0[0], $0[1]) }, headers: call.headers.map { ($0[0], $0[1]) },
                input: try call.input())
            let request = try #require(call.apiProtocol)
                .request(operation, endpoint: "https://h.example", timeout: .seconds(1))
            let name: Comment = "\(call.service) \(call.operation)"
            #expect(request.method == call.expected.method, name)
            let target = request.url.dropFirst("https://h.example".count)
                .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let theirs = call.expected.path.split(separator: "?", maxSplits: 1)
            #expect(target[0] == theirs[0], name)
            let theirQuery = (theirs.count > 1 ? pairs(theirs[1]) : []) + call.expected.query
            #expect(
                (target.count > 1 ? pairs(target[1]) : [])
                    == theirQuery.sorted { $0.lexicographicallyPrecedes($1) }, name)
            // botocore leaves the type of XML to its HTTP layer.
            let headers = request.headers.filter { call.xml == nil || $0.name != "Content-Type" }
            #expect(
                headers.map { [$0.name.lowercased(), $0.value] }.sorted { $0.lexicographicallyPrecedes($1) }
                    == call.expected.headers.map { [$0[0].lowercased(), $0[1]] }
                    .sorted { $0.lexicographicallyPrecedes($1) }, name)
            #expect(try isSame(try #require(request.body.data), call), name)
        }
    }

    @Test func `lists and maps may be flattened`() {
        let value = AWSFormValue.structure([
            .init("L", .list([.text("a"), .text("b")], member: nil)),
            .init("M", .map([.init("k", .text("v"))], entry: nil, key: "Name", value: "Value")),
        ])
        #expect(
            value.fields().map { "\($0.name)=\($0.value)" }
                == ["L.1=a", "L.2=b", "M.1.Name=k", "M.1.Value=v"])
    }

    @Test(arguments: [
        AWSOperation("A", path: "/{missing}"), AWSOperation("A", path: "/{empty}", labels: ["empty": ""]),
        AWSOperation("A", path: "/{open"), AWSOperation("A", input: .form(.text("x"))),
        AWSOperation("A", input: .xml(XMLTree("a"))),
    ])
    func `refuse what cannot be put on the wire`(operation: AWSOperation) {
        #expect(throws: AWSOperationFault.self) {
            try AWSProtocol.restJSON.request(operation, endpoint: "https://h", timeout: .seconds(1))
        }
    }
}

import Foundation
import JSONValue
import TestSupport
import Testing

@testable import Transport

/// A call, and what botocore makes of it.
private struct KnownRequest: Decodable {
    struct Wire: Decodable {
        var method: String
        var path: String
        var query: [[String]]
        var headers: [[String]]
        /// Base64, or the fields of a form.
        var body: JSONValue
    }

    private struct Answer: Decodable {
        var expected: Wire
    }

    var call: KnownCall
    var expected: Wire

    init(from decoder: any Decoder) throws {
        call = try KnownCall(from: decoder)
        expected = try Answer(from: decoder).expected
    }
}

@Suite struct `AWS's protocols` {
    private func decoded(_ text: Substring) -> String {
        text.replacing("+", with: " ").removingPercentEncoding ?? "?"
    }

    private func pairs(_ query: Substring) -> [[String]] {
        query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return [decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : ""]
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func isSame(_ body: Data, _ known: KnownRequest) throws -> Bool {
        if known.call.protocol == "query" {
            let fields = known.expected.body.array?.map { $0.array?.compactMap(\.string) ?? [] }
            return pairs(Substring(String(decoding: body, as: UTF8.self)))
                == fields?.sorted { $0.lexicographicallyPrecedes($1) }
        }
        let theirs = try #require(Data(base64Encoded: known.expected.body.string ?? ""))
        if known.call.json != nil { return try JSONValue(parsing: body) == JSONValue(parsing: theirs) }
        if known.call.xml != nil { return try XMLTree(parsing: body) == XMLTree(parsing: theirs) }
        return body == theirs
    }

    @Test func `put calls on the wire as botocore does`() throws {
        let known = try Fixtures.jsonLines("aws/requests.jsonl", as: KnownRequest.self)
        #expect(Set(known.map(\.call.protocol)) == ["rest-json", "rest-xml", "json", "query"])
        for known in known {
            let call = known.call
            let request = try #require(call.apiProtocol)
                .request(try call.made(), endpoint: "https://h.example", timeout: .seconds(1))
            let name: Comment = "\(call.service) \(call.operation)"
            #expect(request.method == known.expected.method, name)
            let target = request.url.dropFirst("https://h.example".count)
                .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let theirs = known.expected.path.split(separator: "?", maxSplits: 1)
            #expect(target[0] == theirs[0], name)
            let theirQuery = (theirs.count > 1 ? pairs(theirs[1]) : []) + known.expected.query
            #expect(
                (target.count > 1 ? pairs(target[1]) : [])
                    == theirQuery.sorted { $0.lexicographicallyPrecedes($1) }, name)
            // botocore leaves the type of XML to its HTTP layer.
            let headers = request.headers.filter { call.xml == nil || $0.name != "Content-Type" }
            #expect(
                headers.map { [$0.name.lowercased(), $0.value] }.sorted { $0.lexicographicallyPrecedes($1) }
                    == known.expected.headers.map { [$0[0].lowercased(), $0[1]] }
                    .sorted { $0.lexicographicallyPrecedes($1) }, name)
            #expect(try isSame(try #require(request.body.data), known), name)
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

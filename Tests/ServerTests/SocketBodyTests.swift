import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `A body that two readers would read in two ways` {
    private func problem(_ body: Data, type: String = "application/json") async throws -> (Int, String) {
        let application = try await ServerFixture().application()
        let response = await application.respond(
            to: APIRequest(
                method: .post, path: "/v1/search", headers: [.contentType: type], body: body, id: "x"))
        return (response.status.code, String(decoding: response.data ?? Data(), as: UTF8.self))
    }

    private static let text = #"{"query": "deploys"}"#

    @Test(arguments: [
        String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian, .utf32, .utf32LittleEndian,
        .utf32BigEndian,
    ])
    func `is not taken in another encoding than UTF-8`(encoding: String.Encoding) async throws {
        let (status, text) = try await problem(try #require(Self.text.data(using: encoding)))
        #expect(status == 400)
        #expect(text.contains("urn:millrace:problem:malformed-json"))
        #expect(text.contains("UTF-8"))
    }

    @Test(arguments: ["utf-16", "iso-8859-1", "\"UTF-16LE\""])
    func `is not taken when it says that it is in another one`(charset: String) async throws {
        let (status, text) = try await problem(
            Data(Self.text.utf8), type: "application/json; charset=\(charset)")
        #expect(status == 415)
        #expect(text.contains("UTF-8"))
    }

    @Test(arguments: ["application/json; charset=UTF-8", "application/json;charset=\"utf-8\""])
    func `is taken when it says UTF-8`(type: String) async throws {
        #expect(try await problem(Data(Self.text.utf8), type: type).0 == 200)
    }

    @Test func `has a key twice, which is named with its place`() async throws {
        let (status, text) = try await problem(Data("{\"query\": \"a\",\n \"query\": \"b\"}".utf8))
        #expect(status == 400)
        #expect(text.contains("urn:millrace:problem:malformed-json"))
        #expect(text.contains("“query”"))
        #expect(text.contains("line 2, column 2"))
    }

    @Test(
        arguments: [
            (#"{"a": 1, "a": 2}"#, "a"), (#"{"a": 1, "\u0061": 2}"#, "a"),
            (#"[{"b": {"c": 1, "c": 2}}]"#, "c"),
            (#"{"a": [1, {"x": 1}], "b": "a", "a": 0}"#, "a"), (#"{"a": {"b": 1}, "b": 1}"#, nil),
            (#"[{"a": 1}, {"a": 1}]"#, nil), (#"{"a": ["a", "a"], "b": "a"}"#, nil),
            (#"{"a": "\"", "b": 1}"#, nil),
            ("{", nil), ("}{]", nil), ("\"", nil), (#"{"a"#, nil), ("", nil), (",,\"a\"", nil),
            (String(repeating: "[", count: 100_000), nil),
        ] as [(String, String?)])
    func `is found by its keys`(text: String, key: String?) {
        #expect(JSONKeys.firstDuplicate(in: Data(text.utf8))?.key == key)
    }
}

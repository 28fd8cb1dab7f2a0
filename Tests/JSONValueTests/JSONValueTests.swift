import Foundation
import JSONValue
import Testing

@Suite struct `Any JSON value` {
    @Test(arguments: [
        "null", "true", "0", "-7", "9007199254740993", "1.5", "1e300", "\"\"", "\"a/b \\n €\"", "[]", "{}",
        "[1,[2,{\"a\":null}],\"x\"]", "{\"a\":{\"b\":[true,false]},\"z\":1.25}",
    ])
    func `text survives being read and written`(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(try JSONValue(parsing: value.text()) == value)
    }

    @Test func `a large id keeps its last digit, and a fraction stays one`() throws {
        #expect(try JSONValue(parsing: "9007199254740993").text() == "9007199254740993")
        #expect(try JSONValue(parsing: "2.5") == 2.5)
        #expect(try JSONValue(parsing: "1e300").integer == nil)
        #expect(JSONValue.number(3).integer == 3)
        #expect(JSONValue.integer(3).double == 3)
    }

    @Test func `true is no number and 1 is no truth`() throws {
        #expect(try JSONValue(parsing: "true") == .bool(true))
        #expect(try JSONValue(parsing: "1") == .integer(1))
    }

    @Test(arguments: ["", "{", "[1,,2]", "nope", "{\"a\" 1}", "\u{0}"])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: DecodingError.self) { try JSONValue(parsing: text) }
    }

    @Test func `what JSON cannot write is refused`() {
        #expect(throws: EncodingError.self) { try JSONValue.number(.infinity).text() }
    }

    @Test func `keys are written in order`() throws {
        let value: JSONValue = ["b": 1, "a": [nil, "x"]]
        #expect(try value.text() == #"{"a":[null,"x"],"b":1}"#)
        #expect(value["a"]?.array?.count == 2)
        #expect(value["c"] == nil)
    }

    private func made(_ depth: Int, _ random: inout some RandomNumberGenerator) -> JSONValue {
        func text() -> String {
            let scalars = (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
                Unicode.Scalar(
                    UInt32.random(in: 0...(Bool.random(using: &random) ? 0x7F : 0x1FFFF), using: &random))
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            return String(text)
        }
        switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int.random(in: .min ... .max, using: &random))
        case 3:
            let number = Double(bitPattern: UInt64.random(in: .min ... .max, using: &random))
            return .number(number.isFinite ? number : 0.5)
        case 4: return .string(text())
        case 5:
            return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in made(depth - 1, &random) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0...5, using: &random) { members[text()] = made(depth - 1, &random) }
            return .object(members)
        }
    }

    @Test func `is written as Foundation's encoder writes it`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var random = SystemRandomNumberGenerator()
        let known: [JSONValue] = [
            .number(0), .number(-0.0), .number(1e16), .number(1e-7), .number(.leastNonzeroMagnitude),
            .number(3),
            .number(.greatestFiniteMagnitude),
            .string("\u{0}\u{8}\u{9}\u{A}\u{C}\u{D}\u{1F}\u{7F}\u{2028}/\"\\"),
            ["a": 1, "B": 2, "ä": 3, "a1": 4, "a10": 5, "a2": 6, "": 7],
        ]
        let values = known + (0..<3_000).map { _ in made(4, &random) }
        for value in values {
            #expect(try value.text() == String(decoding: encoder.encode(value), as: UTF8.self))
        }
    }

    /// As Foundation alone reads it; `nil` for what it refuses.
    private func foundation(_ text: String) -> JSONValue? {
        try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    @Test(arguments: [
        "1.0", "-0", "-0.0", "0.5e1", "1E+2", "1e-2", "10000000000000000000", "-9223372036854775808",
        "9223372036854775808", "1.7976931348623157e308", "1e400", "01", "1.", ".5", "+1", "--1", "1e", "[1,]",
        "{\"a\":1,}", "{\"a\":1,\"a\":2}", "\"\\u00e9\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ude00x\"",
        "\"\\x\"", "\"a\nb\"", " \t\r\n[ ] ", "[1 2]", "{\"a\":}", "{1:2}", "nul", "truefalse", "\"\\u0000\"",
        "\u{FEFF}[]", "[1]x", "\"é€😀\"", "\"\\u+123\"",
    ])
    func `is read as Foundation's decoder reads it`(text: String) {
        #expect((try? JSONValue(parsing: text)) == foundation(text))
    }

    @Test func `made and mangled texts are read as Foundation's decoder reads them`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let text = try made(4, &random).text()
            #expect(try JSONValue(parsing: text) == foundation(text))
            var bytes = Array(text.utf8)
            guard !bytes.isEmpty else { continue }
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            let data = Data(bytes)
            let read = try? JSONValue(parsing: data)
            #expect(read == (try? JSONDecoder().decode(JSONValue.self, from: data)))
        }
    }

    @Test func `depth without end is refused and breaks nothing`() {
        for text in [String(repeating: "[", count: 200_000), String(repeating: "{\"a\":", count: 200_000)] {
            #expect(throws: DecodingError.self) { try JSONValue(parsing: text) }
        }
    }
}

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
}

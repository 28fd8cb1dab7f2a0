import Foundation
import JSONValue
import Testing

/// Values of every form that documents have.
private struct Sample: Encodable {
    struct Inner: Encodable {
        var documentID: Int?
        var lastRead: Date?
        var score: Double
        var share: Float
    }

    enum Kind: String, Encodable { case page, blogPost }

    var spaceKey = "OPS"
    var myURLProperty = URL(string: "https://a.example/b?c=d&e=/f")
    var userID2 = UInt64.max
    var text = "a \"quoted\" \\ text / with \u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f} € \u{2028} 🦋"
    var isShown = true
    var nothing: String?
    var kinds: [Kind?] = [.page, nil, .blogPost]
    var byName: [String: Inner] = [
        "camelCase": Inner(score: 1, share: 0.1), "Zed": Inner(documentID: 7, score: -0.0, share: 1e-7),
        "snake_case": Inner(lastRead: Date(timeIntervalSince1970: 1_780_000_000), score: 1e300, share: 3),
        "ä \"quoted\"": Inner(score: .leastNonzeroMagnitude, share: .greatestFiniteMagnitude),
    ]
    var byNumber: [Int: String] = [10: "ten", 2: "two"]
    var bytes = Data([0, 255, 7])
    var exact = Decimal(string: "12.340") ?? 0
    var small: [Int8] = [-128, 0, 127]
    var nested: [[String: [JSONValue]]] = [[:], ["innerKey": [["deepKey": nil, "x": 1.5], [], "t"]]]
    var tree: JSONValue = ["camelKey": ["z": 2, "a": [true, nil, 1e20]]]
    var none: [String] = []
    var when = Date(timeIntervalSince1970: 0)
}

/// Encodes by hand what synthesized code does not.
private struct Handwritten: Encodable {
    enum Key: String, CodingKey { case firstPart, secondPart, twice, listOfThings }
    var order: Bool

    func encode(to encoder: any Encoder) throws {
        var outer = encoder.container(keyedBy: Key.self)
        var first = outer.nestedContainer(keyedBy: Key.self, forKey: .firstPart)
        var second = outer.nestedUnkeyedContainer(forKey: .secondPart)
        // In turns, so that neither may count on being written in one piece.
        try first.encode(1, forKey: .twice)
        try second.encode("a")
        try first.encode(2.5, forKey: .firstPart)
        try second.encodeNil()
        var deep = second.nestedContainer(keyedBy: Key.self)
        try deep.encode([order], forKey: .listOfThings)
        var list = second.nestedUnkeyedContainer()
        try list.encode(contentsOf: [1, 2, 3] as [Int16])
        try outer.encode("first", forKey: .twice)
        try outer.encode("second", forKey: .twice)
        try outer.encodeNil(forKey: .listOfThings)
        // The same object asked for once more.
        var again = encoder.container(keyedBy: Last.self)
        try again.encode(order, forKey: .atTheEnd)
        try Sample.Inner(score: 2, share: 2).encode(to: again.superEncoder(forKey: .parent))
    }

    enum Last: String, CodingKey { case atTheEnd, parent }
}

private struct Silent: Encodable {
    func encode(to encoder: any Encoder) throws {}
}

private struct Around<Value: Encodable>: Encodable { var someValue: Value }

@Suite struct `JSON for the wire` {
    private func foundation(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func expectSame(_ value: some Encodable, _ location: SourceLocation = #_sourceLocation) throws {
        let text = String(decoding: try WireEncoder.encode(value), as: UTF8.self)
        #expect(try text == foundation(value), sourceLocation: location)
    }

    @Test func `is the text that Foundation writes`() throws {
        try expectSame(Sample())
        try expectSame([Sample(), Sample(spaceKey: "", nothing: "there")])
        try expectSame(Handwritten(order: true))
        try expectSame(["aKey": Handwritten(order: false)])
        try expectSame(Around(someValue: Silent()))
        try expectSame([Around(someValue: [Silent()])])
        try expectSame([String: Int]())
        try expectSame([[Double]]())
        try expectSame(Around(someValue: ["aB": ["cD": Optional<Int>.none]]))
    }

    @Test func `is the same of values by themselves`() throws {
        try expectSame("a / \"b\"")
        try expectSame(7)
        try expectSame(-0.5)
        try expectSame(true)
        try expectSame(Optional<Int>.none)
        try expectSame(Optional("x"))
        try expectSame(Date(timeIntervalSince1970: 1_700_000_000))
        try expectSame(Data("bytes".utf8))
        try expectSame(JSONValue.null)
        try expectSame(["b": 1, "a": 2, "B": 3, "a1": 4, "a10": 5, "a2": 6, "ä": 7, "_": 8] as [String: Int])
    }

    @Test func `is the same of ten thousand made documents`() throws {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("abcXYZ019 _\"\\/\n\u{1}é€🦋")
        func text() -> String {
            String(
                (0..<Int.random(in: 0...9, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? "a"
                })
        }
        for _ in 0..<10_000 {
            var made = Sample(
                spaceKey: text(), userID2: .random(in: 0...(.max), using: &random), text: text())
            made.byName = [text(): Sample.Inner(score: .random(in: -1e6...1e6), share: .random(in: -1...1))]
            made.byNumber = [.random(in: -9...99): text(), .random(in: 100...999): ""]
            let (ours, theirs) = (try WireEncoder.encode(made), try foundation(made))
            guard String(decoding: ours, as: UTF8.self) != theirs else { continue }
            Issue.record("\(String(decoding: ours, as: UTF8.self)) is not \(theirs)")
            return
        }
    }

    @Test func `refuses what JSON cannot write, and says where`() throws {
        for value in [Double.nan, .infinity, -.infinity] {
            let error = #expect(throws: EncodingError.self) {
                try WireEncoder.encode(Around(someValue: ["x": [1, value]]))
            }
            guard case .invalidValue(_, let context) = error else { return }
            #expect(context.codingPath.map(\.stringValue).prefix(2) == ["someValue", "x"])
        }
        #expect(throws: EncodingError.self) { try WireEncoder.encode(Float.nan) }
        #expect(throws: EncodingError.self) { try WireEncoder.encode(Silent()) }
    }
}

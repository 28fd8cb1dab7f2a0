import Foundation
import JSONValue
import Models

extension Setting where Value == JSONValue? {
    /// A JSON object; `nil` when it is empty, which it is unless told.
    init(object key: String, _ meaning: String) {
        self.init(key, standard: "", meaning) { text in
            if text.isEmpty { return .value(nil) }
            guard let value = try? JSONValue(parsing: text), value.object != nil else {
                return .refused(expected: "a JSON object is expected")
            }
            return .value(value)
        }
    }
}

extension Setting where Value == [String: ModelPrice] {
    /// Prices by model: `MODEL=INPUT/OUTPUT` or `MODEL=INPUT/OUTPUT/READ/WRITE`, separated by commas.
    init(_ key: String, _ meaning: String) {
        self.init(key, standard: "", meaning) { text in
            var prices: [String: ModelPrice] = [:]
            for part in Self.parts(text) {
                guard let mark = part.lastIndex(of: "="), mark > part.startIndex,
                    let price = ModelPrice(text: part[part.index(after: mark)...])
                else {
                    return .refused(
                        expected: "MODEL=INPUT/OUTPUT, … is expected, in dollars a million tokens, such as "
                            + "anthropic.claude-3-5-haiku-20241022-v1:0=0.8/4")
                }
                prices[part[..<mark].trimmingCharacters(in: .whitespaces)] = price
            }
            return .value(prices)
        }
    }
}

extension ModelPrice {
    /// Two or four numbers between slashes.
    fileprivate init?(text: Substring) {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map {
            Double($0.trimmingCharacters(in: .whitespaces))
        }
        let known = numbers.compactMap(\.self).filter { $0.isFinite && $0 >= 0 }
        guard known.count == numbers.count, known.count == 2 || known.count == 4 else { return nil }
        self.init(
            input: known[0], output: known[1], cacheRead: known.count == 4 ? known[2] : nil,
            cacheWrite: known.count == 4 ? known[3] : nil)
    }
}

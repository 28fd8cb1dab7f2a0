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

extension Setting where Value == [String: UsePrice] {
    /// Prices of models that embed: `MODEL=DOLLARS`, separated by commas.
    init(tokens key: String, _ meaning: String) {
        self.init(
            key, meaning,
            expected: "MODEL=DOLLARS, … is expected, for a million tokens, such as "
                + "amazon.titan-embed-text-v2:0=0.02"
        ) { numbers in
            numbers.count == 1 ? UsePrice(tokens: numbers[0]) : nil
        }
    }

    /// Prices of models that rerank: `MODEL=SEARCHES` or `MODEL=SEARCHES/TOKENS`, separated by commas.
    init(searches key: String, _ meaning: String) {
        self.init(
            key, meaning,
            expected: "MODEL=SEARCHES or MODEL=SEARCHES/TOKENS, … is expected, in dollars for a "
                + "thousand searches and a million tokens, such as cohere.rerank-v3-5:0=2"
        ) { numbers in
            guard numbers.count == 1 || numbers.count == 2 else { return nil }
            return UsePrice(tokens: numbers.count == 2 ? numbers[1] : 0, units: numbers[0])
        }
    }

    private init(
        _ key: String, _ meaning: String, expected: String,
        price: @escaping @Sendable ([Double]) -> UsePrice?
    ) {
        self.init(key, standard: "", meaning) { text in
            var prices: [String: UsePrice] = [:]
            for part in Self.parts(text) {
                guard let mark = part.lastIndex(of: "="), mark > part.startIndex,
                    let numbers = ModelPrice.numbers(part[part.index(after: mark)...]),
                    let price = price(numbers)
                else { return .refused(expected: expected) }
                prices[part[..<mark].trimmingCharacters(in: .whitespaces)] = price
            }
            return .value(prices)
        }
    }
}

extension Setting where Value == [GuardrailUnit: Double] {
    /// Prices of a guardrail: `POLICY=DOLLARS`, separated by commas.
    init(policies key: String, _ meaning: String) {
        let names = GuardrailUnit.allCases.map(\.rawValue).joined(separator: ", ")
        self.init(key, standard: "", meaning) { text in
            var prices: [GuardrailUnit: Double] = [:]
            for part in Self.parts(text) {
                guard let mark = part.lastIndex(of: "="),
                    let unit = GuardrailUnit(
                        rawValue: part[..<mark].trimmingCharacters(in: .whitespaces)),
                    let numbers = ModelPrice.numbers(part[part.index(after: mark)...]), numbers.count == 1
                else {
                    return .refused(
                        expected:
                            "POLICY=DOLLARS, … is expected, for a thousand units, such as content=0.15; "
                            + "policies are \(names)")
                }
                prices[unit] = numbers[0]
            }
            return .value(prices)
        }
    }
}

extension ModelPrice {
    /// Numbers between slashes, none below zero.
    fileprivate static func numbers(_ text: Substring) -> [Double]? {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map {
            Double($0.trimmingCharacters(in: .whitespaces))
        }
        let known = numbers.compactMap(\.self).filter { $0.isFinite && $0 >= 0 }
        return known.count == numbers.count ? known : nil
    }

    /// Two or four numbers between slashes.
    fileprivate init?(text: Substring) {
        guard let known = Self.numbers(text), known.count == 2 || known.count == 4 else { return nil }
        self.init(
            input: known[0], output: known[1], cacheRead: known.count == 4 ? known[2] : nil,
            cacheWrite: known.count == 4 ? known[3] : nil)
    }
}

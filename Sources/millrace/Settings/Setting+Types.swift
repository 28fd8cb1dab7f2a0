import Foundation

extension Setting where Value == String {
    /// Any text.
    init(_ key: String, _ standard: String, _ meaning: String) {
        self.init(key, standard: standard, meaning) { .value($0) }
    }
}

extension Setting where Value == String? {
    /// Any text; `nil` when it is empty, which it is unless told.
    init(_ key: String, _ meaning: String, isSecret: Bool = false) {
        self.init(key, standard: "", meaning, isSecret: isSecret) { .value($0.isEmpty ? nil : $0) }
    }
}

extension Setting where Value == [String] {
    /// Texts separated by commas; none unless told.
    init(_ key: String, _ meaning: String) {
        self.init(key, standard: "", meaning) { .value(Self.parts($0)) }
    }
}

extension Setting {
    /// The parts of a list, without the white space around them.
    static func parts(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

extension Setting where Value == Int {
    init(_ key: String, _ standard: Int, in allowed: ClosedRange<Int>, _ meaning: String) {
        let range = "\(allowed.lowerBound)…\(allowed.upperBound)"
        self.init(key, standard: "\(standard)", meaning, range: range) { text in
            Reading(
                Int(text).flatMap { allowed.contains($0) ? $0 : nil },
                expected: "a whole number from \(allowed.lowerBound) to \(allowed.upperBound) is expected")
        }
    }
}

extension Setting where Value == Int? {
    /// A whole number; `nil` when it is empty, which it is unless told.
    init(_ key: String, in allowed: ClosedRange<Int>, _ meaning: String) {
        let range = "\(allowed.lowerBound)…\(allowed.upperBound)"
        self.init(key, standard: "", meaning, range: range) { text in
            if text.isEmpty { return .value(nil) }
            guard let number = Int(text), allowed.contains(number) else {
                return .refused(
                    expected:
                        "a whole number from \(allowed.lowerBound) to \(allowed.upperBound), or nothing, is expected"
                )
            }
            return .value(number)
        }
    }
}

extension Setting where Value == URL? {
    /// An address; `nil` when it is empty, which it is unless told.
    init(address key: String, _ meaning: String) {
        self.init(key, standard: "", meaning) { text in
            if text.isEmpty { return .value(nil) }
            guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host != nil else {
                return .refused(expected: "an http or https URL is expected")
            }
            return .value(url)
        }
    }
}

extension Setting where Value == Double {
    init(_ key: String, _ standard: Double, in allowed: ClosedRange<Double>, _ meaning: String) {
        let range = "\(Self.short(allowed.lowerBound))…\(Self.short(allowed.upperBound))"
        self.init(key, standard: Self.short(standard), meaning, range: range) { text in
            Reading(
                Double(text).flatMap { allowed.contains($0) ? $0 : nil },
                expected: "a number from \(allowed.lowerBound) to \(allowed.upperBound) is expected")
        }
    }

    /// 1 and not 1.0, as a person writes it.
    fileprivate static func short(_ number: Double) -> String {
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}

extension Setting where Value == [String: Double] {
    /// Names with a number each, `NAME=NUMBER` separated by commas; none unless told.
    init(_ key: String, in allowed: ClosedRange<Double>, _ meaning: String) {
        let limits =
            "\(Setting<Double>.short(allowed.lowerBound))…\(Setting<Double>.short(allowed.upperBound))"
        self.init(key, standard: "", meaning, range: "numbers \(limits)") { text in
            var numbers: [String: Double] = [:]
            for part in Self.parts(text) {
                guard let mark = part.lastIndex(of: "="), mark > part.startIndex,
                    let number = Double(part[part.index(after: mark)...].drop(while: \.isWhitespace)),
                    allowed.contains(number)
                else {
                    return .refused(
                        expected: "NAME=NUMBER, … is expected, each number \(limits), such as HR=1.5, OLD=0.5"
                    )
                }
                numbers[part[..<mark].trimmingCharacters(in: .whitespaces)] = number
            }
            return .value(numbers)
        }
    }
}

extension Setting where Value == Bool {
    init(_ key: String, _ standard: Bool, _ meaning: String) {
        self.init(key, standard: "\(standard)", meaning, range: "`true`, `false`") { text in
            Reading(Bool(text), expected: "true or false is expected")
        }
    }
}

extension Setting where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the cases, by its raw value.
    init(_ key: String, _ standard: Value, _ meaning: String) {
        let names = Value.allCases.map(\.rawValue)
        let range = names.map { "`\($0)`" }.joined(separator: ", ")
        self.init(key, standard: standard.rawValue, meaning, range: range) { text in
            Reading(
                Value(rawValue: text), expected: "one of \(names.joined(separator: ", ")) is expected")
        }
    }
}

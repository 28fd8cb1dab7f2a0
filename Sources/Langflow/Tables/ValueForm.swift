import JSONValue

/// How a field's value becomes a parameter's, and back.
enum ValueForm: Sendable, Hashable {
    case text
    /// A text in which `\n` and `\t` may stand for what they name.
    case escaped
    case integer(ClosedRange<Int>)
    /// Where 0 stands for no limit, which ours says by leaving the parameter out.
    case limit(ClosedRange<Int>)
    /// A number of levels, which theirs counts from 1 and ours from 0.
    case levels(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case flag
    /// A flag that is true where nothing else is said, here and there.
    case usuallyTrue
    /// Theirs → ours, compared without case. A list that can be sorted gives its first name.
    case choice([String: String])
    /// Several of a choice; those that are not known are left out.
    case choices([String: String])
    case texts
    /// `[{"key", "value"}]` or an object, as an object.
    case pairs
    case json
    /// A choice that is a flag here: the values that stand for true.
    case isOneOf([String])
    /// A flag that is a choice here: what true stands for, and what false does.
    case either(String, String)

    enum Outcome: Equatable {
        case value(JSONValue)
        /// Left at our standard value.
        case standard
        /// Fits only nearly: what is used, and why.
        case near(JSONValue, String)
        case unfit(String)
    }

    func translate(_ value: JSONValue) -> Outcome {
        if value == .null { return .standard }
        switch self {
        case .text:
            if let text = value.string { return .value(.string(text)) }
            if let text = value["text"]?.string { return .value(.string(text)) }
            if value.double != nil, let text = try? value.text() { return .value(.string(text)) }
            return value.array?.isEmpty ?? false ? .standard : .unfit("it is a \(value.kind), not a text")
        case .escaped:
            guard case .value(.string(let text)) = ValueForm.text.translate(value) else {
                return ValueForm.text.translate(value)
            }
            let plain = text.replacing("\\n", with: "\n").replacing("\\t", with: "\t")
            return .value(.string(plain))
        case .integer(let allowed): return whole(value, allowed)
        case .levels(let allowed):
            guard let number = Self.number(value) else { return Self.noNumber(value) }
            return whole(.number(number - 1), allowed)
        case .limit(let allowed):
            if Self.number(value) == 0 { return .standard }
            return whole(value, allowed)
        case .number(let allowed):
            guard let number = Self.number(value) else { return Self.noNumber(value) }
            let near = min(max(number, allowed.lowerBound), allowed.upperBound)
            return near == number
                ? .value(.number(number)) : .near(.number(near), "\(number) is out of range; it is \(near)")
        case .flag:
            guard let flag = value.bool ?? Self.flag(value.string) else {
                return value.string == "" ? .standard : .unfit("it is neither true nor false")
            }
            return .value(.bool(flag))
        case .usuallyTrue:
            let outcome = ValueForm.flag.translate(value)
            return outcome == .value(true) ? .standard : outcome
        case .choice(let names):
            guard let name = Self.chosen(value), !name.isEmpty else { return .standard }
            let ours = names.first { $0.key.lowercased() == name.lowercased() }?.value
            return ours.map { .value(.string($0)) } ?? .unfit("“\(name.prefix(60))” is not known here")
        case .choices(let names):
            let wanted = value.array?.compactMap(\.string) ?? value.string.map { [$0] } ?? []
            if wanted.isEmpty { return .standard }
            var seen: Set<String> = []
            let known = wanted.compactMap { names[$0] }.filter { seen.insert($0).inserted }
            let unknown = wanted.filter { names[$0] == nil }.map { "“\($0.prefix(60))”" }
            let kept = JSONValue.array(known.map { .string($0) })
            return unknown.isEmpty
                ? .value(kept) : .near(kept, "\(unknown.joined(separator: ", ")) is not had here")
        case .texts:
            let texts = value.array?.compactMap(\.string) ?? value.string.map { [$0] } ?? []
            let kept = texts.filter { !$0.isEmpty }
            return kept.isEmpty ? .standard : .value(.array(kept.map { .string($0) }))
        case .pairs:
            let pairs = Self.pairs(value)
            return pairs.isEmpty ? .standard : .value(.object(pairs))
        case .json:
            guard let text = value.string else { return .value(value) }
            if text.isEmpty { return .standard }
            return (try? JSONValue(parsing: text)).map { .value($0) } ?? .value(value)
        case .isOneOf(let names):
            if let flag = value.bool { return .value(.bool(flag)) }
            guard let name = Self.chosen(value), !name.isEmpty else { return .standard }
            return .value(.bool(names.contains { $0.lowercased() == name.lowercased() }))
        case .either(let yes, let no):
            guard let flag = value.bool ?? Self.flag(value.string) else { return .standard }
            return .value(.string(flag ? yes : no))
        }
    }

    /// A parameter's value as the field writes it; `nil` where the field cannot.
    func restore(_ value: JSONValue) -> JSONValue? {
        switch self {
        case .choice(let names):
            names.sorted { $0.key < $1.key }.first { .string($0.value) == value }.map { .string($0.key) }
        case .choices(let names):
            value.array.map { values in
                .array(
                    names.keys.sorted().filter { values.contains(.string(names[$0] ?? "")) }.map {
                        .string($0)
                    })
            }
        case .isOneOf(let names): value.bool.map { $0 ? .string(names.first ?? "True") : .string("False") }
        case .either(let yes, let no):
            value == .string(yes) ? .bool(true) : value == .string(no) ? .bool(false) : nil
        case .pairs:
            value.object.map { members in
                .array(
                    members.sorted { $0.key < $1.key }.map { ["key": .string($0.key), "value": $0.value] })
            }
        case .levels: value.integer.map { .integer($0.addingReportingOverflow(1).partialValue) }
        default: value
        }
    }

    private func whole(_ value: JSONValue, _ allowed: ClosedRange<Int>) -> Outcome {
        guard let number = Self.number(value) else { return Self.noNumber(value) }
        guard let whole = Int(exactly: number.rounded()) else {
            return .unfit("\(number) is no whole number")
        }
        let near = min(max(whole, allowed.lowerBound), allowed.upperBound)
        return Double(near) == number
            ? .value(.integer(near)) : .near(.integer(near), "\(number) does not fit; it is \(near)")
    }

    private static func number(_ value: JSONValue) -> Double? {
        let number = value.double ?? value.string.flatMap { Double($0) }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    private static func noNumber(_ value: JSONValue) -> Outcome {
        value.string == "" || value.array?.isEmpty ?? false ? .standard : .unfit("it is no number")
    }

    private static func flag(_ text: String?) -> Bool? {
        switch text?.lowercased() {
        case "true", "yes", "1": true
        case "false", "no", "0": false
        default: nil
        }
    }

    /// The text itself, or the name of the first element of a list that can be sorted.
    static func chosen(_ value: JSONValue) -> String? {
        value.string ?? value["name"]?.string
            ?? value.array?.first.flatMap { $0["name"]?.string ?? $0.string }
    }

    static func pairs(_ value: JSONValue) -> [String: JSONValue] {
        if let members = value.object { return members }
        var pairs: [String: JSONValue] = [:]
        for pair in value.array ?? [] {
            if let key = pair["key"]?.string {
                if !key.isEmpty { pairs[key] = pair["value"] ?? .null }
            } else if let members = pair.object {
                pairs.merge(members) { _, last in last }
            }
        }
        return pairs
    }
}

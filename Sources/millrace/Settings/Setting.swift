import Foundation

/// A key of `millrace.yaml`: what it is called, what it means, what it may be, and how its text is read.
///
/// `server.port` in the file is `MILLRACE_SERVER_PORT` in the environment and `--set server.port=…` on the
/// command line; the command line wins over the environment, which wins over the file.
///
/// ```swift
/// let port = Setting<Int>("server.port", 8080, in: 0...65_535, "the port to listen on; 0 for any free one")
/// ```
///
/// Settings are declared in ``Keys`` and nowhere else.
struct Setting<Value: Sendable>: DeclaredSetting {
    let facts: SettingFacts
    private let reading: @Sendable (String) -> Reading<Value>

    /// - Parameters:
    ///   - standard: what it is unless told, as text.
    ///   - meaning: one line for people.
    ///   - range: what it may be, for people; empty for any text.
    ///   - isSecret: whether its value is never shown.
    ///   - reading: gives the value, or says what is expected instead.
    init(
        _ key: String, standard: String, _ meaning: String, range: String = "", isSecret: Bool = false,
        reading: @escaping @Sendable (String) -> Reading<Value>
    ) {
        self.reading = reading
        facts = SettingFacts(
            key: key, standard: standard, meaning: meaning, range: range, isSecret: isSecret
        ) { text in
            if case .refused(let expected) = reading(text) { expected } else { nil }
        }
    }

    func read(_ text: String) -> Reading<Value> { reading(text) }
}

/// What became of a setting's text.
enum Reading<Value: Sendable>: Sendable {
    case value(Value)
    /// It is no such value; `expected` says what is, as “a whole number from 0 to 9 is expected”.
    case refused(expected: String)

    init(_ value: Value?, expected: @autoclosure () -> String) {
        self = value.map { .value($0) } ?? .refused(expected: expected())
    }
}

/// A setting, whatever its type.
protocol DeclaredSetting: Sendable {
    var facts: SettingFacts { get }
}

/// What is known of a setting without its type.
struct SettingFacts: Sendable {
    /// The dotted path in the file.
    let key: String
    let standard: String
    let meaning: String
    let range: String
    let isSecret: Bool
    /// What is expected instead of a text that is not accepted.
    let refusal: @Sendable (_ text: String) -> String?

    var environmentName: String {
        "MILLRACE_" + key.uppercased().replacing(".", with: "_")
    }
}

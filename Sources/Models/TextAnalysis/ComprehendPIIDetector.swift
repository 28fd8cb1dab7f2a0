import AWSServices
import Concurrency
import Transport

/// Amazon Comprehend as a detector of personal data; it knows English and Spanish.
public struct ComprehendPIIDetector: PIIDetector {
    /// In which language a text is searched.
    public enum Language: Sendable, Hashable {
        /// In that one, whatever the text's own is: English or Spanish.
        case always(ComprehendLanguage)
        /// In its own, which Comprehend is asked for first; a text in neither goes by `others`.
        case detected(others: Others)
    }

    /// What is done with a text that is neither English nor Spanish.
    public enum Others: String, Sendable, Hashable, CaseIterable {
        /// It is searched as if it were English: what looks alike everywhere (e-mail addresses, numbers) is
        /// found, names and addresses less surely.
        case english
        /// The call fails.
        case refuse
    }

    /// Why texts cannot be searched.
    public enum Fault: Error, Sendable, Equatable {
        /// The text at `index` is in a language that Comprehend does not search; `code` is empty where it has
        /// none.
        case language(code: String, index: Int)
    }

    private let comprehend: Comprehend
    private let language: Language
    private let minScore: Double
    private let types: Set<String>
    /// Texts at a time.
    private let width: Int
    private let meter: (any ModelUseMeter)?

    /// - Parameters:
    ///   - minScore: what Comprehend is less sure of is not told, 0 to 1.
    ///   - types: the kinds that are told; empty for all.
    ///   - width: texts at a time, 1 or more.
    ///   - meter: is told of what was looked at, in units as Comprehend counts them.
    public init(
        _ comprehend: Comprehend, language: Language = .detected(others: .english), minScore: Double = 0,
        types: Set<String> = [], width: Int = 4, meter: (any ModelUseMeter)? = nil
    ) {
        precondition(width > 0, "\(width) texts at a time are none")
        self.comprehend = comprehend
        self.language = language
        self.minScore = minScore
        self.types = types
        self.width = width
        self.meter = meter
    }

    /// - Throws: ``AWSError``, ``ComprehendItemError`` for a text whose language could not be told, or
    ///   ``Fault``.
    public func spans(in texts: [String]) async throws -> [[PIISpan]] {
        let languages = try await languages(of: texts)
        return try await zip(texts, languages).map { ($0, $1) }.boundedMap(width: width) { text, language in
            guard let language else { return [] }
            let found = try await comprehend.personalData(in: text, language: language)
            meter?.count(ComprehendUnits.use([text], requests: 1))
            return found.filter { $0.score >= minScore && (types.isEmpty || types.contains($0.type)) }
                .map { PIISpan(range: $0.range, type: $0.type, score: $0.score) }
        }
    }

    /// `nil` for a text without a visible character.
    private func languages(of texts: [String]) async throws -> [ComprehendLanguage?] {
        let isEmpty = texts.map { $0.allSatisfy(\.isWhitespace) }
        switch language {
        case .always(let language): return isEmpty.map { $0 ? nil : language }
        case .detected(let others):
            // A text's beginning tells its language; all of it would be paid for.
            let beginnings = texts.map { String($0.prefix(1_000)) }
            let found = try await comprehend.languages(of: beginnings)
            meter?.count(ComprehendUnits.batch(beginnings.filter { !$0.allSatisfy(\.isWhitespace) }))
            return try zip(found, isEmpty).enumerated().map { index, item in
                guard !item.1 else { return nil }
                let code = try item.0.get().first?.code ?? ""
                if let language = ComprehendLanguage(tag: code), language.hasPersonalData { return language }
                guard others == .english else { throw Fault.language(code: code, index: index) }
                return .english
            }
        }
    }
}

extension ComprehendPIIDetector.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .language(let code, let index):
            """
            Text \(index) is in \(code.isEmpty ? "a language that is not known" : "the language “\(code)”"), \
            in which Comprehend finds no personal data. Leave it out, or have such texts searched as English.
            """
        }
    }
}

import JSONValue
import Transport

extension Comprehend {
    /// How much of a piece of a longer text is searched together with the next one too: longer than an
    /// address.
    static let personalDataOverlapBytes = 1_000

    /// Personal data of a text, in the order in which it stands; pieces of it may overlap.
    ///
    /// A text of more than ``personalDataLimitBytes`` is searched in pieces that overlap, so that nothing
    /// shorter than the overlap is cut in all of them.
    ///
    /// - Parameter language: English or Spanish.
    /// - Throws: for another language, and where an offset is not of the text.
    public func personalData(
        in text: String, language: ComprehendLanguage
    ) async throws(AWSError) -> [ComprehendPersonalData] {
        let found = try await search("DetectPiiEntities", text, language) { answer, part in
            Self.personalData(answer, of: part)
        }
        return ComprehendMerging.personalData(found)
    }

    /// Which kinds of personal data a text has, each once, in alphabetical order: the cheaper question.
    ///
    /// - Parameter language: English or Spanish.
    /// - Throws: for another language.
    public func personalDataLabels(
        in text: String, language: ComprehendLanguage
    ) async throws(AWSError) -> [ComprehendPersonalDataLabel] {
        let found = try await search("ContainsPiiEntities", text, language) {
            (answer, _) -> [ComprehendPersonalDataLabel]? in
            answer["Labels"]?.array?.complete { label in
                guard let type = label["Name"]?.string, let score = label["Score"]?.double else { return nil }
                return ComprehendPersonalDataLabel(type: type, score: score)
            }
        }
        return Dictionary(found.map { ($0.type, $0.score) }, uniquingKeysWith: max)
            .map { ComprehendPersonalDataLabel(type: $0.key, score: $0.value) }.sorted { $0.type < $1.type }
    }

    private func search<Value: Sendable>(
        _ name: String, _ text: String, _ language: ComprehendLanguage,
        read: @escaping @Sendable (JSONValue, ComprehendPart) -> [Value]?
    ) async throws(AWSError) -> [Value] {
        guard language.hasPersonalData else {
            throw service.invalid(
                name, "Comprehend finds personal data in English and Spanish, not in \(language.rawValue)")
        }
        let parts = ComprehendParts.of(
            text, limitBytes: Self.personalDataLimitBytes, overlapBytes: Self.personalDataOverlapBytes)
        let found = try await parts.mapped(width: width) { part throws(AWSError) in
            let (answer, id) = try await service.json(
                name, ["Text": .string(part.content), "LanguageCode": .string(language.rawValue)],
                hiding: [part.content])
            guard let found = read(answer, part) else {
                throw service.unexpected(name, "what it found is not of the text that was sent", id)
            }
            return found
        }
        return Array(found.joined())
    }
}

import AWSServices
import Transport

/// Amazon Comprehend as a text analyzer.
///
/// Texts are told their languages first, and then asked about by language. A language that Comprehend has no
/// such analysis of gets its language alone.
public struct ComprehendAnalyzer: TextAnalyzer {
    /// What Comprehend is asked for.
    public struct Settings: Sendable, Hashable {
        /// What is found; the rest is not asked for. Without ``language`` the language is asked for in any
        /// case.
        public var kinds: Set<TextInsights.Kind>
        /// That of every text, where it is known.
        public var language: ComprehendLanguage?
        /// How sure Comprehend must be of an entity or a key phrase, 0 to 1.
        public var minimumScore: Double
        /// Entities that are kept of a text, 0 or more.
        public var maxEntities: Int
        /// Key phrases that are kept of a text, 0 or more.
        public var maxKeyPhrases: Int

        public init(
            kinds: Set<TextInsights.Kind> = Set(TextInsights.Kind.allCases),
            language: ComprehendLanguage? = nil,
            minimumScore: Double = 0.5, maxEntities: Int = 50, maxKeyPhrases: Int = 20
        ) {
            self.kinds = kinds
            self.language = language
            self.minimumScore = minimumScore
            self.maxEntities = maxEntities
            self.maxKeyPhrases = maxKeyPhrases
        }
    }

    private let comprehend: Comprehend
    private let settings: Settings
    private let meter: (any ModelUseMeter)?

    /// What is asked for.
    public typealias Parts = Set<TextInsights.Kind>

    /// With the settings that are usual, for what is asked.
    public init(_ comprehend: Comprehend, parts: Parts, meter: (any ModelUseMeter)? = nil) {
        self.init(comprehend, settings: Settings(kinds: parts), meter: meter)
    }

    /// - Parameter meter: is told of what was looked at, in units as Comprehend counts them.
    public init(
        _ comprehend: Comprehend, settings: Settings = Settings(), meter: (any ModelUseMeter)? = nil
    ) {
        precondition(
            settings.maxEntities >= 0 && settings.maxKeyPhrases >= 0, "a number of findings is negative")
        self.comprehend = comprehend
        self.settings = settings
        self.meter = meter
    }

    /// `comprehend`, what is asked for and how it is chosen.
    public var name: String {
        let kinds = TextInsights.Kind.allCases.filter(settings.kinds.contains).map(\.rawValue)
        let language = settings.language.map { [$0.rawValue] } ?? []
        return
            (["comprehend"] + kinds + language + [
                "\(settings.minimumScore)", "\(settings.maxEntities)", "\(settings.maxKeyPhrases)",
            ]).joined(separator: " ")
    }

    /// - Throws: ``AWSError``.
    public func insights(of texts: [String]) async throws -> [TextInsights] {
        let places = texts.indices.filter { texts[$0].contains { !$0.isWhitespace } }
        var insights = [TextInsights](repeating: TextInsights(), count: texts.count)
        guard !settings.kinds.isEmpty, !places.isEmpty else { return insights }
        try await tellLanguages(of: texts, places, &insights)
        let asked = settings.kinds.subtracting([.language])
        guard !asked.isEmpty else { return insights }
        var groups: [ComprehendLanguage: [Int]] = [:]
        for place in places {
            if let language = insights[place].language.flatMap(ComprehendLanguage.init(tag:)) {
                groups[language, default: []].append(place)
            } else {
                insights[place].missing.formUnion(asked)
            }
        }
        for (language, places) in groups.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for kind in TextInsights.Kind.allCases where asked.contains(kind) {
                try await tell(kind, of: texts, places, language, &insights)
            }
        }
        return insights
    }

    private func tellLanguages(
        of texts: [String], _ places: [Int], _ insights: inout [TextInsights]
    ) async throws {
        if let language = settings.language {
            for place in places { insights[place].language = language.rawValue }
            return
        }
        let asked = places.map { texts[$0] }
        let found = try await comprehend.languages(of: asked)
        meter?.count(ComprehendUnits.batch(asked))
        for (place, result) in zip(places, found) {
            insights[place].language = (try? result.get())?.first?.code
            if insights[place].language == nil, settings.kinds.contains(.language) {
                insights[place].missing.insert(.language)
            }
        }
    }

    private func tell(
        _ kind: TextInsights.Kind, of texts: [String], _ places: [Int], _ language: ComprehendLanguage,
        _ insights: inout [TextInsights]
    ) async throws {
        let group = places.map { texts[$0] }
        switch kind {
        case .language: return
        case .entities:
            let found = try await comprehend.entities(of: group, in: language)
            keep(found, kind, places, &insights, tellEntities)
        case .keyPhrases:
            let found = try await comprehend.keyPhrases(of: group, in: language)
            keep(found, kind, places, &insights, tellKeyPhrases)
        case .sentiment:
            let found = try await comprehend.sentiments(of: group, in: language)
            keep(found, kind, places, &insights) { $1.sentiment = $0?.kind.rawValue.lowercased() }
        }
        meter?.count(ComprehendUnits.batch(group))
    }

    private func keep<Value>(
        _ found: [Result<Value, ComprehendItemError>], _ kind: TextInsights.Kind, _ places: [Int],
        _ insights: inout [TextInsights], _ tell: (Value, inout TextInsights) -> Void
    ) {
        for (place, result) in zip(places, found) {
            switch result {
            case .success(let value): tell(value, &insights[place])
            case .failure: insights[place].missing.insert(kind)
            }
        }
    }

    private func tellEntities(_ entities: [ComprehendEntity], _ insights: inout TextInsights) {
        var counting = InsightCounting<String>()
        for entity in entities where entity.score >= settings.minimumScore {
            counting.add(entity.text, entity.type)
        }
        insights.entityCount = counting.items.count
        insights.entities = counting.top(settings.maxEntities).map {
            TextInsights.Entity(text: $0.text, type: $0.label, count: $0.count)
        }
    }

    private func tellKeyPhrases(_ phrases: [ComprehendKeyPhrase], _ insights: inout TextInsights) {
        var counting = InsightCounting<Bool>()
        for phrase in phrases where phrase.score >= settings.minimumScore { counting.add(phrase.text, true) }
        insights.keyPhraseCount = counting.items.count
        insights.keyPhrases = counting.top(settings.maxKeyPhrases).map(\.text)
    }
}

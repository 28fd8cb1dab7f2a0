import Foundation
import QA

/// What a run of an evaluation changes of the settings that are served.
struct EvaluationVariant: Sendable, Hashable {
    /// Names it, for people.
    var name: String
    var flow: String
    /// By their names below `search` of the settings; those that are absent are as served.
    var settings: [String: Double]

    /// Settings that may differ, with what each may be.
    static let allowed: [String: ClosedRange<Double>] = [
        "ef_search": 1...10_000, "vector_weight": 0...10, "keyword_weight": 0...10, "floor": 0...20,
        "boost_title": Boosts.factors, "boost_recency": Boosts.factors,
    ]

    static let asServed = EvaluationVariant(
        name: "as served", flow: QuestionAnswering.defaultFlow, settings: [:])

    /// Refuses settings that there are not, and values out of range.
    func check() throws(RequestFault) {
        for (name, value) in settings {
            guard let range = Self.allowed[name] else {
                throw .unknownField(name: "settings.\(name.prefix(100))", known: Self.allowed.keys.sorted())
            }
            guard range.contains(value), name != "ef_search" || value == value.rounded() else {
                throw .invalidField(
                    name: "settings.\(name)",
                    reason: "is \(value); \(range.lowerBound) to \(range.upperBound) is expected")
            }
        }
    }

    /// What answers by these settings.
    func applied(to qa: QuestionAnswering) throws(QAError) -> QuestionAnswering {
        guard !settings.isEmpty else { return qa }
        var configuration = qa.settings
        if let ef = settings["ef_search"] { configuration.efSearch = Int(ef) }
        if let weight = settings["vector_weight"] { configuration.fusion.vectorWeight = weight }
        if let weight = settings["keyword_weight"] { configuration.fusion.keywordWeight = weight }
        if let floor = settings["floor"] { configuration.fusion.floor = RelevanceFloor(score: floor) }
        if let boost = settings["boost_title"] { configuration.boosts.title = boost }
        if let boost = settings["boost_recency"] { configuration.boosts.recency = boost }
        return try qa.configured(configuration)
    }
}

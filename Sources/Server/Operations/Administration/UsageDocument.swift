import Foundation
import Workspace

/// What was used.
struct UsageDocument: ResponseDocument {
    struct Counts: Encodable, Sendable {
        var requests: Int
        var answers: Int
        var failed: Int
        var inputTokens: Int
        var outputTokens: Int
        var cost: Double

        init(_ counts: UsageCounts) {
            requests = counts.requests
            answers = counts.answers
            failed = counts.failed
            inputTokens = counts.inputTokens
            outputTokens = counts.outputTokens
            cost = Double(counts.microdollars) / 1e6
        }
    }

    struct Row: Encodable, Sendable {
        @Nullable var day: String?
        @Nullable var caller: String?
        @Nullable var key: String?
        @Nullable var model: String?
        var requests: Int
        var answers: Int
        var failed: Int
        var inputTokens: Int
        var outputTokens: Int
        var cost: Double

        fileprivate init(_ group: Group, _ counts: UsageCounts) {
            _day = Nullable(wrappedValue: group.day.map { UsageDocument.text(ofDay: $0) })
            _caller = Nullable(wrappedValue: group.caller)
            _key = Nullable(wrappedValue: group.key)
            _model = Nullable(wrappedValue: group.model)
            let counts = Counts(counts)
            requests = counts.requests
            answers = counts.answers
            failed = counts.failed
            inputTokens = counts.inputTokens
            outputTokens = counts.outputTokens
            cost = counts.cost
        }
    }

    fileprivate struct Group: Hashable {
        var day: Int?
        var caller: String?
        var key: String?
        var model: String?

        var order: [String] { [caller ?? "", key ?? "", model ?? ""] }
    }

    var from: String
    var to: String
    var of: String
    var rows: [Row]
    var total: Counts

    init(
        _ counts: [UsageKey: UsageCounts], days: ClosedRange<Int>, of whose: UsageOperation.Whose,
        by dimensions: Set<UsageOperation.Dimension>
    ) {
        from = Self.text(ofDay: days.lowerBound)
        to = Self.text(ofDay: days.upperBound)
        of = whose.rawValue
        var groups: [Group: UsageCounts] = [:]
        var all = UsageCounts()
        for (key, count) in counts {
            all += count
            var group = Group()
            if dimensions.contains(.day) { group.day = key.day }
            if dimensions.contains(.caller) { group.caller = key.caller }
            if dimensions.contains(.key) { group.key = key.key }
            if dimensions.contains(.model) { group.model = key.model }
            groups[group, default: UsageCounts()] += count
        }
        rows = groups.sorted { left, right in
            let days = (left.key.day ?? 0, right.key.day ?? 0)
            return days.0 == days.1
                ? left.key.order.lexicographicallyPrecedes(right.key.order) : days.0 < days.1
        }.map { Row($0.key, $0.value) }
        total = Counts(all)
    }

    static func text(ofDay day: Int) -> String {
        Date(timeIntervalSince1970: Double(day) * 86_400).formatted(
            Date.ISO8601FormatStyle().year().month().day())
    }

    static var schema: JSONSchema {
        let counts: [String: JSONSchema] = [
            "requests": .integer,
            "answers": JSONSchema.integer.described("questions answered, and flows run"),
            "failed": JSONSchema.integer.described("of the requests: by a fault of the server's"),
            "input_tokens": .integer, "output_tokens": .integer,
            "cost": JSONSchema.number.described("in US dollars, of models whose prices are set"),
        ]
        var row = counts
        for name in UsageOperation.Dimension.allCases.map(\.rawValue) { row[name] = JSONSchema.text.orNull }
        return .object(required: [
            "from": .text, "to": .text, "of": .choice(UsageOperation.Whose.allCases.map(\.rawValue)),
            "rows": JSONSchema.list(of: .object(required: row)).described(
                "what is not told apart is null; an empty key or model stands for none"),
            "total": .object(required: counts),
        ]).named("UsageReport")
    }
}

import Foundation
import HTTPTypes
import JSONValue
import Workspace

/// `GET /v1/usage`: what was used, by day, caller, key and model.
enum UsageOperation {
    /// What rows are told apart by.
    enum Dimension: String, CaseIterable, Sendable {
        case day, caller, key, model
    }

    enum Whose: String, CaseIterable, Sendable {
        case mine, all
    }

    static func operation(_ meter: UsageMeter) -> Operation {
        .anyCaller(
            "getUsage", .get, "/v1/usage", summary: "what was used, by day, caller, key and model",
            section: "administration",
            inputs: Inputs.query("from", .day, standard: nil, "the first day in UTC; 29 days before “to”")
                .and(Inputs.query("to", .day, standard: nil, "the last day in UTC; today"))
                .and(
                    Inputs.query(
                        "by", .dimensions, standard: [.day],
                        "what rows are told apart by: day, caller, key, model, with commas between them")
                )
                .and(
                    Inputs.query(
                        "of", .choice, standard: Whose.mine, "“all” is for administrators")),
            responses: [.json(UsageDocument.self, "the counts")],
            problems: [.invalidParameter, .insufficientScope]
        ) { input, caller in
            let (((from, to), dimensions), whose) = input
            if whose == .all { try caller.require(.admin) }
            let last = to ?? meter.today
            let first = from ?? last - 29
            guard first <= last, last - first < UsageMeter.days else {
                throw RequestFault.invalidParameter(
                    name: "from",
                    expectation: "a day before “to”, and not more than \(UsageMeter.days) before")
            }
            let counts = try await meter.usage(
                tenant: caller.owner.tenant, days: first...last,
                caller: whose == .all ? nil : caller.owner.name)
            return try .json(
                UsageDocument(counts, days: first...last, of: whose, by: Set(dimensions)))
        }
    }
}

extension ParameterType<Int?> {
    /// A day as ISO 8601 writes it, in days since 1970.
    static var day: ParameterType<Int?> {
        ParameterType(
            schema: JSONSchema(["type": "string", "format": "date"]), expectation: "a day such as 2026-01-31"
        ) { text in
            let style = Date.ISO8601FormatStyle().year().month().day()
            guard text.utf8.count == 10, let date = try? style.parse(text) else { return nil }
            return .some(UsageKey.day(of: date))
        }
    }
}

extension ParameterType<[UsageOperation.Dimension]> {
    static var dimensions: ParameterType<[UsageOperation.Dimension]> {
        let names = UsageOperation.Dimension.allCases.map(\.rawValue)
        return ParameterType(
            schema: .text, expectation: "some of \(names.joined(separator: ", ")), with commas between them"
        ) { text in
            let found = text.split(separator: ",").map {
                UsageOperation.Dimension(rawValue: $0.trimmingCharacters(in: .whitespaces))
            }
            return found.isEmpty || found.contains(nil) ? nil : found.compactMap(\.self)
        }
    }
}

import Foundation
import QA

/// A report with its comparison, if there is one, as one JSON object.
struct ReportOutput: Encodable {
    var report: EvaluationReport
    var comparison: EvaluationComparison?

    private enum CodingKeys: String, CodingKey {
        case comparison
    }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(comparison, forKey: .comparison)
    }
}

/// What a comparison needs of a report.
struct EarlierReport: Decodable {
    var name: String
    var outcomes: [EvaluationOutcome]
    var riskCoverage: RiskCoverage

    init(_ report: EvaluationReport) {
        (name, outcomes, riskCoverage) = (report.name, report.outcomes, report.riskCoverage)
    }

    /// Reads it before anything is asked, so that a wrong file costs no run; `nil` without a file.
    init?(against file: String?) throws {
        guard let file else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw CommandError(
                "\(file) is no report that `millrace eval --json` of this version wrote: \(Self.reason(error))"
            )
        }
        name = "\(file) (\(name))"
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "it has no “\(key.stringValue)”."
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
        case is DecodingError: "it is not JSON."
        default: error.localizedDescription
        }
    }
}

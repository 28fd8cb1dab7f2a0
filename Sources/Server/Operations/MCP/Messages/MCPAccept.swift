import Foundation
import HTTPTypes

/// Which of the two ways of answering a client takes, by its `Accept` header (RFC 9110 §12.5.1).
struct MCPAccept: Sendable, Hashable {
    var json: Bool
    var events: Bool

    /// A client that says nothing takes anything.
    init(_ headers: HTTPFields) {
        let fields = headers[values: .accept]
        guard !fields.isEmpty else {
            (json, events) = (true, true)
            return
        }
        let ranges = fields.joined(separator: ",").split(separator: ",").prefix(100).map { range in
            range.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
        }
        func takes(_ type: String, _ family: String) -> Bool {
            // The most precise range that names the type decides.
            for name in [type, family, "*/*"] {
                guard let range = ranges.first(where: { $0.first == name }) else { continue }
                return !range.dropFirst().contains { parameter in
                    parameter.hasPrefix("q=") && Double(parameter.dropFirst(2)) == 0
                }
            }
            return false
        }
        json = takes("application/json", "application/*")
        events = takes("text/event-stream", "text/*")
    }
}

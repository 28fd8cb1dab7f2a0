import Foundation
import HTTPTypes

/// `GET /metrics`: what ``ServerMetrics`` counts, for Prometheus.
///
/// It is open, as a collector has no principals to name; but unless it is opened to others only this machine is
/// told, by the rule that decides whose `X-Millrace-Principals` are believed.
enum MetricsOperation {
    static let id = "metrics"

    /// - Parameter isOpenToOthers: whether other machines are told, too.
    static func operation(_ metrics: ServerMetrics, isOpenToOthers: Bool) -> Operation {
        .open(
            id, .get, "/metrics", summary: "what the server counts, in Prometheus' text format",
            section: "health", inputs: .thisMachine(orAny: isOpenToOthers),
            responses: [.bytes(MetricsText.contentType, "every metric as it stands now")],
            problems: [.thisMachineOnly]
        ) { _ in
            let text = await MetricsText.text(metrics.families())
            return APIResponse(
                headers: [.contentType: MetricsText.contentType], body: .data(Data(text.utf8)))
        }
    }
}

extension Inputs<Void> {
    /// Nothing is read; the request must have been made on this machine.
    ///
    /// - Parameter isOpen: whether one from anywhere will do.
    fileprivate static func thisMachine(orAny isOpen: Bool) -> Inputs<Void> {
        Inputs(parameters: [], body: nil) { routed in
            guard !isOpen, let reason = CallerReader.distrust(of: routed.request) else { return }
            throw RequestFault.thisMachineOnly(reason: reason)
        }
    }
}

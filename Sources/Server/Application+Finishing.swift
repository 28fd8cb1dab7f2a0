import Concurrency
import Foundation
import HTTPTypes

extension Application {
    /// Whether another site's page asks, by its browser's word, which may not read the answer.
    private func isForeign(_ request: APIRequest) -> Bool {
        guard let site = request.headers[.fetchSite], !request.hasAdmittedOrigin else { return false }
        return site != "same-origin" && site != "none"
    }

    func finish(
        _ response: APIResponse, _ request: APIRequest, _ log: RequestLog, _ observation: RequestObservation,
        _ span: RequestSpan?
    ) -> APIResponse {
        var response = response
        response.headers[.requestID] = request.id
        SecurityHeaders.add(to: &response.headers)
        crossOrigin.add(to: &response.headers, for: request)
        response.pack(for: request, isForeign: isForeign(request))
        let status = response.status.code
        switch response.body {
        case .data(let data):
            if response.status != .notModified, response.status != .noContent {
                response.headers[.contentLength] = String(data.count)
            }
            if request.method == .head { response.body = .data(Data()) }
            observation.ended(status: status)
            log.served(status: status, bytes: data.count)
            span?.ended(status: status)
        case .events(let stream):
            let observed = observation.becomingStream(span: span)
            // The trace is bound around the end, too: its log line names it.
            response.body = .events(
                stream.observingEnd {
                    observed.ended($0, status: status)
                    log.streamed($0, status: status)
                }.under(span?.span, header: request.headers[.traceID]))
        case .bytes(let stream):
            if let length = stream.length { response.headers[.contentLength] = String(length) }
            if request.method == .head {
                response.body = .data(Data())
                observation.ended(status: status)
                log.served(status: status, bytes: 0)
                span?.ended(status: status)
            } else {
                let observed = observation.becomingStream(span: span)
                response.body = .bytes(
                    stream.observingEnd { outcome in
                        RequestTrace.immediately(within: span?.span) {
                            observed.ended(outcome, status: status)
                            log.streamed(outcome, status: status)
                        }
                    })
            }
        case .webSocket(let session):
            let observed = observation.becomingStream(isTimed: false, span: span)
            response.body = .webSocket(
                session.observingEnd { outcome in
                    RequestTrace.immediately(within: span?.span) {
                        observed.ended(outcome, status: status)
                        log.streamed(outcome, status: status)
                    }
                }.under(span?.span))
        }
        return response
    }
}

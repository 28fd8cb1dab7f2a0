import HTTPTypes

extension UsageMeter {
    /// The same response, counted once it is over.
    func counting(_ response: APIResponse, of usage: RequestUsage) -> APIResponse {
        var response = response
        switch response.body {
        case .data: ended(usage, RequestUsage.Ending(status: response.status.code))
        case .events(let stream):
            response.body = .events(
                stream.counted(for: usage).observingEnd { self.ended(usage, RequestUsage.Ending($0)) })
        case .bytes(let stream):
            response.body = .bytes(stream.observingEnd { self.ended(usage, RequestUsage.Ending($0)) })
        case .webSocket(let session):
            response.body = .webSocket(
                session.counted(for: usage).observed { self.ended(usage, RequestUsage.Ending($0)) })
        }
        return response
    }
}

extension RequestUsage.Ending {
    fileprivate init(status: Int) {
        switch status {
        case ..<400: self = .finished
        case ..<500: self = .refused
        default: self = .failed
        }
    }

    fileprivate init(_ outcome: StreamOutcome) {
        switch outcome {
        case .complete: self = .finished
        case .cancelled: self = .refused
        case .failed(let problem): self.init(status: problem.status)
        }
    }
}

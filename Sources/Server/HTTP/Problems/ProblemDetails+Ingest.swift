import Ingest

extension ProblemDetails {
    /// What the refusals of ingest jobs mean.
    init(ingesting error: IngestJobError) {
        let detail = error.description
        switch error {
        case .noSuchJob: self.init(.noSuchThing, "No such ingest job", detail: detail)
        case .noSuchSource: self.init(.noSuchThing, "No such source", detail: detail)
        case .tooMany(_, let limit):
            self.init(.tooMany, "Too many jobs wait", detail: detail, limit: limit, retryable: true)
        case .wrongState: self.init(.wrongState, "It is not in a state for that", detail: detail)
        case .sourceDisabled: self.init(.wrongState, "The source is not enabled", detail: detail)
        case .badScope: self.init(.invalidField, "A field is wrong", detail: detail, field: "scope")
        case .badUpload(let field, _):
            self.init(.invalidParameter, "A parameter is wrong", detail: detail, field: field)
        case .sourceFailed:
            self.init(.componentFailed, "The source does not answer", detail: detail, retryable: true)
        case .storage, .lostFile, .unreachableFile: self = .inside(cause: detail)
        }
    }
}

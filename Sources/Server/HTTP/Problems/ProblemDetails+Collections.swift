import VectorCollections

extension ProblemDetails {
    /// What the refusals and failures of collections mean.
    init(collecting error: CollectionError) {
        let detail = error.description
        switch error {
        case .noSuchCollection: self.init(.noSuchCollection, "No such collection", detail: detail)
        case .otherSettings: self.init(.otherSettings, "It has other settings", detail: detail)
        case .nameTaken: self.init(.nameTaken, "The name is taken", detail: detail)
        case .invalid(let field, _):
            self.init(.invalidField, "A field is wrong", detail: detail, field: field)
        case .tooManyCollections(let limit), .tooManyVectors(let limit):
            self.init(.tooMany, "There are too many", detail: detail, limit: limit)
        case .notASnapshot:
            self.init(.invalidField, "It is no snapshot", detail: detail, field: "the body")
        case .busy:
            self.init(.busy, "The collections are busy", detail: detail, retryable: true)
            retryAfterSeconds = 1
        case .newerCollection:
            // Another process behind the same address may be the newer one.
            self.init(.busy, "A newer version has written it", detail: detail, retryable: true)
            retryAfterSeconds = 5
        case .unavailable(_, let reason): self = .databaseAway(reason)
        case .outcomeUnknown(_, let reason): self = .fateUnknown(reason)
        case .inUse, .newerVersion, .damaged, .storage, .refused: self = .inside(cause: detail)
        }
    }
}

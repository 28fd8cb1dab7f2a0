/// What takes documents in: the roles that an ingest and its sources need.
public typealias IngestStore =
    DocumentStore & EmbeddingStore & InclusionStore & InsightStore & MemberDirectory & PassageTextStore
    & RefreshQueue & StateStore & SyncLedger

/// Every role of a corpus, for whoever composes them.
public typealias CorpusStore =
    DocumentDirectory & IngestFailureLog & IngestJobStore & IngestStore & PassageStore & ReadScopes

import Corpus
import Documents
import Logging
import Models
import Sourcing
import Text
import VectorIndex

/// What an ingest may do and how much at once.
public struct IngestOptions: Sendable, Hashable {
    public var chunker: ChunkerConfiguration = .standard
    /// Lets documents go that the source no longer has, however many they are.
    public var allowsMassRemoval = false
    /// Share of a space's documents above which a removal is refused, unless the space is small.
    public var removalShare = 0.5
    /// Up to this many stored documents a space counts as small.
    public var smallSpace = 20
    /// Texts that the embedder is given at once.
    public var textsPerBatch = 96
    /// Documents that are parsed and cut at once.
    public var documentsAtOnce = 4
    /// Says what would change, and changes and embeds nothing.
    public var isDryRun = false
    /// Compares indexes and database before and after. A run for a handful of documents on indexes that are
    /// level already may leave it out: they follow each write all the same.
    public var levelsIndex = true

    public init() {}
}

/// Takes documents from a source to stored, embedded and indexed chunks.
///
/// While one batch of texts is embedded, the next documents are read, parsed and cut; writes go one document
/// a transaction, in the source's order. At most two batches are in memory. A document that is stored with
/// the same version, content and chunker is left alone: each stored document is a checkpoint, so a run that
/// was killed is simply run again.
public struct IngestPipeline: Sendable {
    let store: any IngestStore
    let index: (any VectorStore)?
    let words: WordIndex?
    let saveIndex: @Sendable (_ generation: Int64) throws -> Void
    let embedder: any Embedder
    let analyzer: (any TextAnalyzer)?
    let options: IngestOptions
    let logger: Logger
    let preparation: DocumentPreparation

    /// - Parameters:
    ///   - index: follows every write; `nil` when somebody else levels it later.
    ///   - saveIndex: writes `index` to disk, once, at the end; it is given the database's generation.
    ///   - words: follows every write as `index` does, and is saved at the end.
    ///   - counter: the embedding model's own.
    ///   - analyzer: finds out what searches can filter by; `nil` for nothing.
    ///   - privacy: takes personal data out before anything is embedded; `nil` keeps it.
    public init(
        store: any IngestStore, index: (any VectorStore)?,
        saveIndex: @escaping @Sendable (_ generation: Int64) throws -> Void = { _ in },
        words: WordIndex? = nil, embedder: any Embedder, counter: any TokenCounter,
        analyzer: (any TextAnalyzer)? = nil, privacy: PrivacyFilter? = nil,
        options: IngestOptions = IngestOptions(),
        logger: Logger = Logger(label: "millrace.ingest")
    ) {
        self.store = store
        self.index = index
        self.saveIndex = saveIndex
        self.words = words
        self.embedder = embedder
        self.analyzer = analyzer
        self.options = options
        self.logger = logger
        preparation = DocumentPreparation(
            store: store, chunker: Chunker(configuration: options.chunker, counter: counter),
            modelName: embedder.model.name,
            evidenceRules: embedder is any EvidenceEmbedder ? EvidenceUnits.version : nil,
            privacy: privacy, analyzerName: analyzer?.name)
    }

    /// Reads `source` to its end, to the first thing that makes going on pointless, or to cancellation.
    ///
    /// Never throws: a document that fails is skipped and reported, and what ends the run is the report's
    /// `stopReason`. Whatever ended it, every document is stored either as it was or as it is now.
    public func run(
        _ source: any DocumentSource, progress: @escaping @Sendable (IngestProgress) -> Void = { _ in }
    ) async -> IngestReport {
        await outcome(of: source, progress: progress).report
    }

    /// Does what ``run(_:progress:)`` does, and says as well which documents it met.
    public func outcome(
        of source: any DocumentSource, progress: @escaping @Sendable (IngestProgress) -> Void = { _ in }
    ) async -> IngestOutcome {
        let tally = ModelTally()
        let run = IngestRun(pipeline: self, source: source, models: tally, progress: progress)
        let report = await ModelTally.$current.withValue(tally) { await run.run() }
        return IngestOutcome(report: report, seen: run.seen)
    }
}

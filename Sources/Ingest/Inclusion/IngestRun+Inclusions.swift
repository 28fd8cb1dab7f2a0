import Corpus
import Documents
import Sourcing

extension IngestRun {
    /// Pages that are rendered anew at once.
    private static let inclusionBatch = 16

    /// Renders anew the pages whose included pages came, went, changed, or are readable by others now.
    ///
    /// Runs when everything else is stored, so that the order in which a source lists its pages does not
    /// matter. Needs no source: what a page was rendered from is kept.
    func refreshInclusions() async throws {
        let stale = try await pipeline.store.documentsWithStaleInclusions()
        let embedding = DocumentEmbedding(
            store: pipeline.store, embedder: pipeline.embedder, textsPerBatch: pipeline.options.textsPerBatch)
        for start in stride(from: 0, to: stale.count, by: Self.inclusionBatch) {
            try Task.checkCancellation()
            var changed: [PreparedDocument] = []
            for id in stale[start..<min(start + Self.inclusionBatch, stale.count)] {
                if let document = try await prepareAgain(id) { changed.append(document) }
            }
            if !changed.isEmpty { try await store(embedding.embed(changed)) }
        }
    }

    /// - Returns: `nil` when the text stays as it is.
    private func prepareAgain(_ id: String) async throws -> PreparedDocument? {
        guard let (document, origin) = try await pipeline.store.documentWithOrigin(id: id) else { return nil }
        let body = PageBody(origin)
        let source = SourceDocument(
            document: document, body: body.sourceBody, exportView: body.exportView, anchors: body.anchors,
            references: KnownNames(names: PageBody.people(origin.names)))
        switch await pipeline.preparation.prepare(source) {
        case .changed(var prepared):
            prepared.isRefreshed = true
            return prepared
        case .same:
            let inclusions = try await pipeline.preparation.render(source).inclusions
            try await pipeline.store.setInclusions(inclusions, readers: document.readers, ofDocument: id)
        case .failed(let skip, _):
            add(skip)
        }
        return nil
    }
}

extension PageBody {
    var sourceBody: DocumentBody {
        switch content {
        case .storage(let text): .storage(text)
        case .documentFormat(let text): .documentFormat(text)
        case .events(let events): .events(events)
        }
    }
}

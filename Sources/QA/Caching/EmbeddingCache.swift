import Models

/// Vectors of questions that were embedded before, by model and text.
final class EmbeddingCache: Sendable {
    private struct Key: Hashable, Sendable {
        var model: String
        var text: String
    }

    private let cache: BoundedCache<Key, [Float]>
    private let shared: (any SharedQuestionVectors)?
    private let flights = SingleFlight<[Key], [Key: [Float]]>()

    /// - Parameter shared: asked for what this process does not know; `nil` for nobody.
    init(_ limit: CacheLimit, shared: (any SharedQuestionVectors)? = nil) {
        cache = BoundedCache(limit)
        self.shared = shared
    }

    var statistics: CacheStatistics { cache.statistics }

    /// One vector a text, in order, as `embedder` gives them; only what is not known is embedded, all in one call.
    func vectors(of texts: [String], by embedder: any Embedder) async throws -> [[Float]] {
        let keys = texts.map { Key(model: embedder.model.name, text: $0) }
        var known: [Key: [Float]] = [:]
        var missing: [Key] = []
        for key in keys where known[key] == nil && !missing.contains(key) {
            if let vector = cache.value(for: key) { known[key] = vector } else { missing.append(key) }
        }
        if !missing.isEmpty { known.merge(try await embed(missing, embedder)) { $1 } }
        let vectors = keys.compactMap { known[$0] }
        // An embedder that told fewer vectors than texts is asked as if there were no cache.
        return vectors.count == keys.count ? vectors : try await embedder.embed(texts, purpose: .query)
    }

    private func embed(_ missing: [Key], _ embedder: any Embedder) async throws -> [Key: [Float]] {
        try await flights.value(for: missing) { [self] in
            var vectors: [Key: [Float]] = [:]
            for key in missing { vectors[key] = cache.value(for: key, counts: false) }
            var open = missing.filter { vectors[$0] == nil }
            guard !open.isEmpty else { return vectors }
            cache.countMisses(open.count)
            for (key, vector) in await knownElsewhere(open, embedder.model) {
                vectors[key] = vector
                keep(vector, for: key)
            }
            open.removeAll { vectors[$0] != nil }
            guard !open.isEmpty else { return vectors }
            let made = try await embedder.embed(open.map(\.text), purpose: .query)
            guard made.count == open.count else { return vectors }
            for (key, vector) in zip(open, made) {
                vectors[key] = vector
                keep(vector, for: key)
            }
            tell(zip(open, made).map { ($0.text, $1) }, embedder.model)
            return vectors
        } joined: {
            cache.countShared(missing.count)
        }
    }

    private func keep(_ vector: [Float], for key: Key) {
        cache.insert(vector, for: key, bytes: key.text.utf8.count + 4 * vector.count)
    }

    private func knownElsewhere(_ keys: [Key], _ model: EmbeddingModel) async -> [Key: [Float]] {
        guard let shared else { return [:] }
        let known = await shared.vectors(of: keys.map(\.text), model: model)
        var vectors: [Key: [Float]] = [:]
        for key in keys {
            if let vector = known[key.text], vector.count == model.dimension { vectors[key] = vector }
        }
        return vectors
    }

    /// Nobody waits until others can have them.
    private func tell(_ made: [(text: String, vector: [Float])], _ model: EmbeddingModel) {
        guard let shared else { return }
        Task { await shared.keep(made, model: model) }
    }
}

/// An embedder that remembers questions; passages pass through.
struct CachedEmbedder: Embedder {
    let base: any Embedder
    let cache: EmbeddingCache

    var model: EmbeddingModel { base.model }

    func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
        switch purpose {
        case .passage: try await base.embed(texts, purpose: purpose)
        case .query: try await cache.vectors(of: texts, by: base)
        }
    }
}

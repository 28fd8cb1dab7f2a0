import Foundation
import Models
import QA

/// What settings come to together.
extension Settings {
    /// The folder of the local model: of the settings, of `MILLRACE_MODEL_DIR`, or the cache that scripts/setup
    /// fills.
    var modelFolder: URL {
        let environment = ProcessInfo.processInfo.environment
        if let folder = self[\.embedding.modelDirectory] ?? environment["MILLRACE_MODEL_DIR"] {
            return URL(fileURLWithPath: (folder as NSString).expandingTildeInPath)
        }
        let cache =
            environment["XDG_CACHE_HOME"].map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache")
        return cache.appendingPathComponent("millrace/all-MiniLM-L6-v2")
    }

    /// Everything that decides how passages are embedded.
    var embeddingEntries: [String] {
        entries.filter { key, _ in
            key.hasPrefix("embedding.") && key != Settings.name(\.embedding.threads)
                && key != Settings.name(\.embedding.prices)
                || key.contains(".embedding_")
        }.map { "\($0.key)=\($0.value.value)" }.sorted() + [modelFolder.path]
    }

    /// Threads of the local model.
    var embeddingThreads: Int {
        let threads = self[\.embedding.threads]
        return threads == 0 ? ProcessInfo.processInfo.activeProcessorCount : threads
    }

    /// What models cost that write nothing.
    var usePrices: UsePrices {
        let unit = self[\.comprehend.unitPrice]
        return UsePrices(
            embedding: self[\.embedding.prices], rerank: self[\.rerank.prices],
            analysis: unit > 0 ? UsePrice(units: unit) : nil, guardrail: self[\.bedrock.guardrailPrices])
    }

    /// How questions are answered.
    var qa: QAConfiguration {
        QAConfiguration(
            efSearch: self[\.search.efSearch],
            fusion: FusionParameters(
                vectorWeight: self[\.search.vectorWeight], keywordWeight: self[\.search.keywordWeight],
                floor: RelevanceFloor(score: self[\.search.floor])),
            boosts: Boosts(
                spaces: self[\.search.boostSpaces], labels: self[\.search.boostLabels],
                title: self[\.search.boostTitle], recency: self[\.search.boostRecency],
                halfLifeDays: self[\.search.boostHalfLifeDays]),
            timeout: .seconds(self[\.answers.timeoutSeconds]), prices: self[\.answers.prices],
            caches: CacheLimits(
                embeddings: cache(\.caches.embeddings, entries: 65_536),
                retrieval: cache(\.caches.retrieval, entries: 65_536),
                answers: cache(\.caches.answers, entries: 16_384)))
    }

    private func cache(_ megabytes: KeyPath<Keys, Setting<Int>>, entries: Int) -> CacheLimit {
        CacheLimit(bytes: self[megabytes] << 20, entries: entries)
    }
}

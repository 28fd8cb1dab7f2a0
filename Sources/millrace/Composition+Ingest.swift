import Confluence
import Corpus
import Documents
import Foundation
import Ingest
import Models
import Server
import VectorIndex

extension Composition {
    /// How pages are cut and how much may go at once, as the settings say.
    func ingestOptions() throws -> IngestOptions {
        let settings = configuration.settings
        var options = IngestOptions()
        options.chunker = try ChunkerConfiguration(
            strategy: settings.choice("ingest.strategy", ChunkerConfiguration.Strategy.self),
            maxTokens: settings.integer("ingest.max_tokens", in: 32...32_768))
        options.removalShare = try settings.number("ingest.max_removal_share", in: 0...1)
        return options
    }

    /// How often `serve` syncs by itself; `nil` for never.
    private func syncPause() throws -> Duration? {
        let minutes = try configuration.settings.integer("confluence.sync_minutes", in: 0...10_080)
        return minutes == 0 ? nil : .seconds(60 * minutes)
    }

    /// What `serve` follows a Confluence with.
    struct Follower {
        /// `nil` when no secret is set: then only ``pause`` has anything read.
        var receiver: WebhookReceiver?
        var worker: RefreshWorker
        /// How often it syncs by itself; `nil` for never.
        var pause: Duration?

        func run() async {
            await worker.run(requesting: ["\(ConfluenceTarget.site)"], every: pause)
        }
    }

    /// Who takes Confluence's webhooks, and who reads what they name or what is due; `nil` when neither a secret
    /// nor a pause is set.
    func follower(
        corpus: any CorpusStore, index: LocalVectorStore, embedder: any Embedder
    ) throws -> Follower? {
        let settings = configuration.settings
        let webhook = ConfluenceWebhook(secret: settings.text("confluence.webhook_secret"))
        let pause = try syncPause()
        guard webhook != nil || pause != nil else { return nil }
        guard let address = settings.optionalText("confluence.url") else {
            throw settings.bad(
                "confluence.url",
                "with \(pause == nil ? "a webhook's secret" : "confluence.sync_minutes"), the address of a "
                    + "Confluence is expected")
        }
        let source = try confluenceSource(address, corpus: corpus)
        var options = try ingestOptions()
        options.levelsIndex = false
        let pipeline = IngestPipeline(
            store: corpus, index: index, saveIndex: { try index.save(generation: UInt64(clamping: $0)) },
            embedder: embedder, counter: try tokenCounter(), options: options, logger: logger)
        let worker = RefreshWorker(store: corpus, pipeline: pipeline, logger: logger) { targets in
            source.refresh(targets.compactMap { ConfluenceTarget($0) })
        }
        let receiver = webhook.map { webhook in
            WebhookReceiver(name: "confluence") { body, header in
                do {
                    let targets = try webhook.targets(body: body, header: header)
                    try await worker.request(targets.map(\.description))
                    return targets.count
                } catch let refusal as ConfluenceWebhook.Refusal {
                    switch refusal {
                    case .unsigned: throw WebhookReceiver.Refusal.unsigned
                    case .wrongSignature: throw WebhookReceiver.Refusal.wrongSignature
                    case .notJSON: throw WebhookReceiver.Refusal.malformed
                    }
                }
            }
        }
        return Follower(receiver: receiver, worker: worker, pause: pause)
    }
}

import Confluence
import Corpus
import Documents
import Foundation
import Ingest
import Models
import Server
import VectorIndex

extension Services {
    /// How pages are cut and how much may go at once, as the settings say.
    func ingestOptions() throws -> IngestOptions {
        var options = IngestOptions()
        options.chunker = try ChunkerConfiguration(
            strategy: settings[\.ingest.strategy], maxTokens: settings[\.ingest.maxTokens])
        options.removalShare = settings[\.ingest.maxRemovalShare]
        return options
    }

    /// What takes documents into corpus and index; a dry run has neither opened where there is none.
    func pipeline(_ options: IngestOptions) async throws -> IngestPipeline {
        let embedder = try await embedder()
        // A dry run has them too: what they are is part of what a stored document is compared by.
        let analyzer = try await textAnalyzer()
        let privacy = try await privacyFilter()
        guard !options.isDryRun else {
            return IngestPipeline(
                store: try corpusForDryRun(), index: nil, embedder: embedder,
                counter: try await tokenCounter(), analyzer: analyzer, privacy: privacy, options: options,
                logger: logger)
        }
        let index = try await index()
        return IngestPipeline(
            store: try corpus(), index: try await searchedIndex(),
            saveIndex: { try index.save(generation: UInt64(clamping: $0)) },
            words: try await words(), embedder: embedder, counter: try await tokenCounter(),
            analyzer: analyzer, privacy: privacy, options: options,
            logger: logger)
    }

    /// How often `serve` syncs by itself; `nil` for never.
    var syncPause: Duration? {
        let minutes = settings[\.confluence.syncMinutes]
        return minutes == 0 ? nil : .seconds(60 * minutes)
    }

    /// What `serve` follows a Confluence with.
    struct Follower {
        /// `nil` when no secret is set: then only ``pause`` has anything read.
        var receiver: WebhookReceiver?
        var worker: RefreshWorker
        /// How often it syncs by itself; `nil` for never.
        var pause: Duration?
    }

    /// The Confluence that is followed; `nil` when neither a secret nor a pause is set.
    func followedAddress() throws -> String? {
        let pause = syncPause
        guard settings[\.confluence.webhookSecret] != nil || pause != nil else { return nil }
        guard let address = settings[\.confluence.url] else {
            let reason = pause == nil ? "a webhook's secret" : Settings.name(\.confluence.syncMinutes)
            throw settings.bad(
                \.confluence.url, "with \(reason), the address of a Confluence is expected")
        }
        return address
    }

    /// Who takes Confluence's webhooks, and who reads what they name or what is due; `nil` when neither a secret
    /// nor a pause is set.
    func follower() async throws -> Follower? {
        let takesWebhooks = settings[\.confluence.webhookSecret] != nil
        let pause = syncPause
        guard let address = try followedAddress() else { return nil }
        let corpus = try corpus()
        let source = RotatingSource { try self.confluenceSource(address, corpus: corpus) }
        // What is wrong with the settings is told now, and not by the first webhook.
        _ = try source.current(signedBy: confluenceSecrets)
        var options = try ingestOptions()
        options.levelsIndex = false
        let worker = RefreshWorker(
            store: corpus, pipeline: try await pipeline(options), logger: logger,
            account: try confluenceAccount()
        ) { targets in
            let current = try source.current(signedBy: self.confluenceSecrets)
            return try self.ingestJobs().claimed(
                current.refresh(targets.compactMap { ConfluenceTarget($0) }), ledger: current.ledger)
        }
        return Follower(
            receiver: takesWebhooks ? receiver(worker) : nil, worker: worker, pause: pause)
    }

    /// The secret is looked up for each webhook: it may stand for one that rotates.
    private func receiver(_ worker: RefreshWorker) -> WebhookReceiver {
        WebhookReceiver(name: "confluence") { [settings] body, header in
            do {
                guard let webhook = ConfluenceWebhook(secret: settings[\.confluence.webhookSecret] ?? "")
                else { throw WebhookReceiver.Refusal.wrongSignature }
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
}

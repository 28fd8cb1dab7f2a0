import AWSServices
import Concurrency
import Documents
import Foundation
import Ingest
import Models
import Transport

/// One part and whether it works.
struct Finding: Encodable, Sendable {
    var part: String
    var isFine: Bool
    /// Whether it is worth a look although it works.
    var isNoted = false
    var detail: String

    static func fine(_ part: String, _ detail: String) -> Finding {
        Finding(part: part, isFine: true, detail: detail)
    }

    /// It works, and is not as it will be for good.
    static func noted(_ part: String, _ detail: String) -> Finding {
        Finding(part: part, isFine: true, isNoted: true, detail: detail)
    }

    static func fails(_ part: String, _ detail: String) -> Finding {
        Finding(part: part, isFine: false, detail: detail)
    }
}

/// Tries every part that the settings name, and changes none.
struct Diagnosis: Sendable {
    let services: Services

    init(_ services: Services) {
        self.services = services
    }

    func findings() async -> [Finding] {
        var findings = [model()]
        findings.append(await embedding())
        if services.settings[\.rerank.model] != nil || services.settings[\.rerank.provider] != .local {
            findings.append(await reranking())
        }
        findings += await DataFolderDiagnosis(services).findings()
        if services.settings[\.database.provider] == .postgres {
            let database = DatabaseDiagnosis(services: services)
            findings.append(await database.finding())
            if let replica = await database.replicaFinding() { findings.append(replica) }
            if let nodes = await database.nodesFinding() { findings.append(nodes) }
        }
        if services.settings[\.cache.redis] != nil {
            findings.append(await RedisDiagnosis(services: services).finding())
        }
        if services.settings[\.vectors.provider] == .openSearch {
            findings.append(await OpenSearchDiagnosis(services: services).finding())
        }
        if services.settings[\.index.snapshots] != nil {
            findings.append(await SnapshotDiagnosis(services: services).finding())
        }
        if services.hasRunQueue { findings.append(await QueueDiagnosis(services: services).finding()) }
        findings.append(await attachments())
        if services.settings[\.answers.provider] == .bedrock { findings.append(await credentials()) }
        if services.settings[\.answers.provider] != .extractive { findings.append(await answers()) }
        if let address = services.settings[\.confluence.url] {
            findings.append(await confluence(address))
        }
        return findings
    }

    private func model() -> Finding {
        let folder = services.settings.modelFolder
        guard services.settings[\.embedding.provider] == .local else {
            return .fine(
                "local model",
                "not used; embeddings come from \(services.settings[\.embedding.provider].rawValue)")
        }
        guard services.settings[\.embedding.model] == nil else {
            return .fine("local model", "not used; \(Settings.name(\.embedding.model)) names another")
        }
        do {
            try LocalModel.verify(modelDirectory: folder)
            try LocalModel.verifyChecksums(modelDirectory: folder, sha256: FileHash.sha256)
            return .fine("local model", "\(LocalModel.name) in \(folder.path), hashes right")
        } catch {
            return .fails("local model", "\(error)")
        }
    }

    private func embedding() async -> Finding {
        do {
            let embedder = try await services.embedder()
            let clock = ContinuousClock()
            let start = clock.now
            let vector = try await embedder.embed(["How long is a shift on call?"], purpose: .query)[0]
            let milliseconds = (((clock.now - start) / .milliseconds(1)) * 10).rounded() / 10
            return Finding(
                part: "embeddings", isFine: vector.count == embedder.model.dimension,
                detail:
                    "\(embedder.model.name), \(vector.count) dimensions, a question in \(milliseconds) ms")
        } catch {
            return .fails("embeddings", "\(error)")
        }
    }

    private func reranking() async -> Finding {
        do {
            guard let reranker = try await services.reranker() else { return .fine("reranking", "not used") }
            let clock = ContinuousClock()
            let start = clock.now
            let scores = try await reranker.scores(
                "How long is a shift on call?", ["A shift on call lasts a week.", "Lunch is at noon."])
            let milliseconds = (((clock.now - start) / .milliseconds(1)) * 10).rounded() / 10
            return Finding(
                part: "reranking", isFine: scores.count == 2 && scores.allSatisfy(\.isFinite),
                detail: "\(reranker.name), two passages in \(milliseconds) ms")
        } catch {
            return .fails("reranking", "\(error)")
        }
    }

    /// Which kinds of attachments can be read here. What is missing does not stop the rest, but those files
    /// will be reported as failed.
    private func attachments() async -> Finding {
        do {
            let options = services.attachmentText().options
            let formats = AttachmentFormat.allCases.filter(options.formats.contains).map(\.rawValue)
            let detail = formats.isEmpty ? "none are read" : formats.joined(separator: ", ")
            guard options.formats.contains(.pdf) else { return .fine("attachments", detail) }
            let version = try await PDFTool.version(options)
            return .fine("attachments", "\(detail); \(version), \(options.pdftotext ?? "")")
        } catch let refusal as AttachmentRefusal {
            return .fails(
                "attachments",
                "PDFs cannot be read: \(refusal), or leave pdf out of \(Settings.name(\.ingest.attachments))")
        } catch {
            return .fails("attachments", "\(error)")
        }
    }

    /// Looks in every place that keys may come from; what is not there is named.
    private func credentials() async -> Finding {
        do {
            let keys = try await services.awsCredentials().credentials()
            return .fine("AWS credentials", "access key …\(keys.accessKeyID.suffix(4))")
        } catch {
            // Bedrock's models do without, where there is an API key of theirs.
            let environment = AWSEnvironment(variables: ProcessInfo.processInfo.environment)
            guard (try? environment.bearerToken(of: BedrockRuntime.description)) != nil else {
                return .fails("AWS credentials", "\(error)")
            }
            return .fine("AWS credentials", "an API key of Bedrock alone")
        }
    }

    /// Has the model say one word.
    private func answers() async -> Finding {
        do {
            let generator = try await services.generator(try await services.embedder())
            let request = GenerationRequest(messages: [Message(.user, "Say yes.")], maxTokens: 1)
            for try await _ in generator.generate(request) {}
            return .fine("answers", "\(generator.name) answers")
        } catch {
            return .fails("answers", "\(error)")
        }
    }

    /// Whether anybody answers at the site's address. Nobody signs in: a new token would be written to its file.
    private func confluence(_ address: String) async -> Finding {
        do {
            let head = try await services.plainClient().send(
                HTTPRequest(url: address, timeout: .seconds(10))
            ).head
            return .fine("Confluence", "\(address) can be reached (status \(head.status))")
        } catch {
            return .fails("Confluence", "\(error)")
        }
    }
}
